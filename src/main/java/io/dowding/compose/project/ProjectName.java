package io.dowding.compose.project;

import io.dowding.model.Names;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of projects, and of what they own. */
final class ProjectName {

  private static final int LONGEST = 63;

  private ProjectName() {}

  /** Compose's rule for a name from text: lower case, without forbidden characters. */
  static String of(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^-_a-z0-9]", "").replaceFirst("^[_-]+", "");
  }

  /** Whether a person can give a project this name. */
  static boolean isName(String text) {
    return text.matches("[a-z0-9][-_a-z0-9]*");
  }

  /**
   * The name in etcd of a project's service, or null if it would not be a name there. A long one is
   * cut, and made unique by a hash.
   */
  static @Nullable String service(String project, String service) {
    String mapped = service.toLowerCase(Locale.ROOT).replace('.', '-');
    String whole = project + "-" + mapped;
    String name = whole.length() > LONGEST ? cut(whole) : whole;
    return Names.isService(name) ? name : null;
  }

  /** The same for a config created from a file. */
  static String content(String project, String path) {
    String name = resource(project, path);
    return Names.isContent(name) ? name : cut(name);
  }

  private static String cut(String name) {
    String hash = String.format("%08x", name.hashCode());
    return name.substring(0, Math.min(name.length(), LONGEST - hash.length() - 1)) + "-" + hash;
  }

  /** The name of a volume, network, config or secret that the project owns. */
  static String resource(String project, String name) {
    return project + "_" + name;
  }
}
