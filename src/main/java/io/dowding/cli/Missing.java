package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.util.Collection;
import java.util.List;

/** Messages about names that nothing has, with the ones that were probably meant. */
final class Missing {

  private static final int MOST_NAMED = 8;

  private Missing() {}

  static String service(String name, EtcdKeys keys) {
    return "there is no service " + name + known(names(keys, Key.SERVICES));
  }

  static String job(String name, EtcdKeys keys) {
    return "there is no service or job " + name + known(names(keys, Key.SERVICES));
  }

  static String host(String name, Collection<String> hosts) {
    return "there is no host " + name + " in the inventory" + known(hosts);
  }

  /** The names below a prefix. */
  static List<String> names(EtcdKeys keys, String prefix) {
    return keys.all(prefix).keySet().stream().map(key -> key.substring(prefix.length())).toList();
  }

  private static String known(Collection<String> names) {
    if (names.isEmpty()) {
      return "; there are none";
    }
    String some = String.join(", ", names.stream().limit(MOST_NAMED).toList());
    int more = names.size() - MOST_NAMED;
    return "; there is " + some + (more > 0 ? " and " + more + " more" : "");
  }
}
