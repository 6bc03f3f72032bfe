package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;

/** A thin layer over keys: shows and writes what {@code etcdctl} would. */
abstract class KeysCommand extends EtcdCommand {

  @Override
  int run() throws Exception {
    return run(keys());
  }

  abstract int run(EtcdKeys keys) throws Exception;
}
