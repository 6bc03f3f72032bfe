package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Names for the shell to complete: those in etcd now, or none if it does not answer at once. */
abstract class Completion implements Iterable<String> {

  /** The file that the command line names. */
  static final ScopedValue<Path> CONFIG = ScopedValue.newInstance();

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Function<Source, List<String>> names;

  /** Where names come from. */
  record Source(EtcdKeys keys, Config config) {
    List<String> below(String prefix) {
      return Missing.names(keys, prefix);
    }
  }

  private Completion(Function<Source, List<String>> names) {
    this.names = names;
  }

  @Override
  public Iterator<String> iterator() {
    try {
      Config config = Config.find(CONFIG.orElse(null));
      try (EtcdKeys keys = new EtcdKeys(config.etcdSettings(), PATIENCE, config.base())) {
        return names.apply(new Source(keys, config)).iterator();
      }
    } catch (RuntimeException unknown) {
      return List.<String>of().iterator();
    }
  }

  /** Only proper names: the shell inserts them unquoted, and anything may be in etcd. */
  static List<String> only(Collection<String> names, Predicate<String> isName) {
    return names.stream().filter(isName).toList();
  }

  /** Services. */
  static final class Services extends Completion {
    Services() {
      super(source -> only(source.below(Key.SERVICES), Names::isService));
    }
  }

  /** Services and jobs. */
  static final class Jobs extends Completion {
    Jobs() {
      super(
          source -> {
            List<String> names = new ArrayList<>(source.below(Key.SERVICES));
            names.addAll(source.below(Key.ALLOCATIONS));
            return only(names, Names::isJob);
          });
    }
  }

  /** Secrets. */
  static final class Secrets extends Completion {
    Secrets() {
      super(source -> only(source.below(Key.SECRETS), Names::isContent));
    }
  }

  /** Hosts of the inventory. */
  static final class Hosts extends Completion {
    Hosts() {
      super(
          source ->
              only(
                  source.config().hosts(source.keys().all(Key.INVENTORY)).keySet(),
                  Names::isHostname));
    }
  }

  /** Holds. */
  static final class Holds extends Completion {
    Holds() {
      super(source -> only(source.below(Key.HOLDS), Names::isJob));
    }
  }
}
