package io.dowding.compose;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** Suggests what to write instead of an unsupported field. */
public final class Hints {

  private static final int FAR = 3;

  /** No field has a longer name. */
  private static final int LONGEST = 40;

  private static final int MOST_NAMED = 8;

  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("build", "build the image elsewhere and name it in image"),
          Map.entry("attach", "leave it out"),
          Map.entry("cpu_count", "write deploy.resources.limits.cpus: it is for Windows"),
          Map.entry("cpu_percent", "write deploy.resources.limits.cpus: it is for Windows"),
          Map.entry("credential_spec", "leave it out: it is for Windows"),
          Map.entry("develop", "leave it out: nothing is built here"),
          Map.entry("external_links", "write extra_hosts"),
          Map.entry("label_file", "write its lines in labels, or use dowding up"),
          Map.entry("links", "write an alias in networks, or use dowding up"),
          Map.entry("models", "write its endpoint in environment"),
          Map.entry("profiles", "leave it out, or use dowding up"),
          Map.entry("provider", "leave it out: only containers are run"),
          Map.entry("use_api_socket", "mount the socket, where the configuration allows it"),
          Map.entry("scale", "write deploy.replicas"),
          Map.entry("env_file", "write its lines in environment, or use dowding up"),
          Map.entry("extends", "write the fields out, or use dowding up"),
          Map.entry("deploy.endpoint_mode", "leave it out: there is no network across hosts"));

  private Hints() {}

  /**
   * What to say about a field of a service that is not known.
   *
   * @param path of the field in a service
   */
  public static String unknown(String path, Collection<String> known) {
    String instead = INSTEAD.get(path);
    return instead == null
        ? notSupported(path.substring(path.lastIndexOf('.') + 1), known)
        : "is not supported; " + instead;
  }

  /** What to say about a field that is not one of a service. */
  public static String notSupported(String field, Collection<String> known) {
    return "is not supported; "
        + nearest(field, known).map(Hints::didYouMean).orElse("leave it out");
  }

  /** The known name that this one is probably a typing error of; empty if none is near. */
  public static Optional<String> nearest(String given, Collection<String> known) {
    if (given.length() > LONGEST) {
      return Optional.empty();
    }
    return known.stream()
        .min(Comparator.<String>comparingInt(name -> distance(name, given)).thenComparing(n -> n))
        .filter(name -> distance(name, given) <= FAR && distance(name, given) < given.length());
  }

  /**
   * What to say after a name that is not known: the one that was probably meant, or some of all.
   */
  public static String instead(String given, Collection<String> known) {
    if (known.isEmpty()) {
      return "; there are none";
    }
    String some = String.join(", ", known.stream().limit(MOST_NAMED).toList());
    int more = known.size() - MOST_NAMED;
    return nearest(given, known)
        .map(name -> "; " + didYouMean(name))
        .orElse("; known: " + some + (more > 0 ? " and " + more + " more" : ""));
  }

  private static String didYouMean(String name) {
    return "did you mean " + name + "?";
  }

  /** What to say about a host that is not in the inventory. */
  public static String noHost(String hostname, Collection<String> inventory) {
    return "there is no host " + hostname + " in the inventory" + instead(hostname, inventory);
  }

  /** The Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
