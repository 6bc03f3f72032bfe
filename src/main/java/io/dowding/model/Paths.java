package io.dowding.model;

import java.util.ArrayDeque;
import java.util.Deque;

/** Paths on a host, compared as they are after {@code .}, {@code ..} and doubled slashes. */
final class Paths {

  private static final String TREE = "/**";

  private Paths() {}

  /** Without what does not change where it leads. */
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

  /** Whether it is the directory, or below it; both normal. */
  static boolean isWithin(String path, String directory) {
    return directory.equals("/") || (path + "/").startsWith(directory + "/");
  }

  /**
   * Whether a grant is of this directory.
   *
   * @param granted one directory, or with all within as {@code /srv/data/**}
   */
  static boolean covers(String granted, String path) {
    return granted.endsWith(TREE)
        ? isWithin(path, normal(granted.substring(0, granted.length() - TREE.length())))
        : path.equals(normal(granted));
  }
}
