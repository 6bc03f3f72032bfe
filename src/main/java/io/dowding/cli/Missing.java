package io.dowding.cli;

import io.dowding.compose.Hints;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.util.Collection;
import java.util.List;

/** Messages about names that nothing has, with the ones that were probably meant. */
final class Missing {

  private Missing() {}

  static String service(String name, EtcdKeys keys) {
    return "there is no service " + name + Hints.instead(name, names(keys, Key.SERVICES));
  }

  static String job(String name, EtcdKeys keys) {
    return "there is no service or job " + name + Hints.instead(name, names(keys, Key.SERVICES));
  }

  static String host(String name, Collection<String> hosts) {
    return Hints.noHost(name, hosts);
  }

  /** The names below a prefix. */
  static List<String> names(EtcdKeys keys, String prefix) {
    return keys.all(prefix).keySet().stream().map(key -> key.substring(prefix.length())).toList();
  }
}
