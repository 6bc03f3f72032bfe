package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dowding.etcd.EtcdKeys;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A thin layer over keys: shows and writes what {@code etcdctl} would. */
abstract class KeysCommand implements Callable<Integer> {

  static final JsonMapper JSON = JsonMapper.builder().build();

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration file.")
  private @Nullable Path config;

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * @throws IllegalArgumentException naming the file, the line and the setting
   */
  Config config() {
    return Config.find(config);
  }

  @Override
  public Integer call() throws Exception {
    Config found = config();
    try (EtcdKeys keys = new EtcdKeys(found.etcdSettings(), found.base())) {
      return run(keys);
    }
  }

  abstract int run(EtcdKeys keys) throws Exception;

  Output out() {
    return Output.of(spec);
  }

  static JsonNode read(String json) throws JsonProcessingException {
    return JSON.readTree(json);
  }
}
