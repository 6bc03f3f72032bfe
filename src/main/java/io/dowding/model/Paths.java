package io.dowding.model;

import java.util.ArrayDeque;
import java.util.Deque;

/** Host paths, compared after resolving {@code .}, {@code ..} and repeated slashes. */
final class Paths {

  private static final String TREE = "/**";

  private Paths() {}

  /** Removes the parts that do not change where a path leads. */
  static String normal(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  /** Whether a path is the directory or inside it; both normalized. */
  static boolean isWithin(String path, String directory) {
    return directory.equals("/") || (path + "/").startsWith(directory + "/");
  }

  /**
   * Whether a grant covers this directory.
   *
   * @param granted one directory, or everything inside it with {@code /srv/data/**}
   */
  static boolean covers(String granted, String path) {
    return granted.endsWith(TREE)
        ? isWithin(path, normal(granted.substring(0, granted.length() - TREE.length())))
        : path.equals(normal(granted));
  }
}
