package io.dowding.model;

/** The grammar of names, and how a job's id is derived from its service's name. */
public final class Names {

  private Names() {}

  /**
   * A service: lower-case letters, digits, {@code _} and {@code -}, at most 63 characters, no dots.
   */
  public static boolean isService(String name) {
    return isService(name, 0, name.length());
  }

  /** Without a regular expression, because it runs for every container all the time. */
  private static boolean isService(String text, int begin, int end) {
    int length = end - begin;
    if (length < 1
        || length > 63
        || !isInner(text.charAt(begin))
        || !isInner(text.charAt(end - 1))) {
      return false;
    }
    for (int i = begin; i < end; i++) {
      char c = text.charAt(i);
      if (!isInner(c) && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isInner(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** A job's or library user's id: parts like service names, joined by dots. */
  public static boolean isJob(String id) {
    if (id.length() > 253) {
      return false;
    }
    int begin = 0;
    for (int dot = id.indexOf('.'); dot >= 0; dot = id.indexOf('.', begin)) {
      if (!isService(id, begin, dot)) {
        return false;
      }
      begin = dot + 1;
    }
    return isService(id, begin, id.length());
  }

  /** A config or secret: one path element, at most 63 characters. */
  public static boolean isContent(String name) {
    return name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}");
  }

  /** The key of a config or secret: {@code configs/site}, {@code secrets/password}. */
  public static boolean isContentKey(String key) {
    int slash = key.indexOf('/');
    return (key.startsWith("configs/") || key.startsWith("secrets/"))
        && isContent(key.substring(slash + 1));
  }

  /** A lower-case DNS name. */
  public static boolean isHostname(String name) {
    return isJob(name) && name.indexOf('_') < 0;
  }

  /** The service of a job: the part before the first dot. */
  public static String serviceOf(String job) {
    int dot = job.indexOf('.');
    return dot < 0 ? job : job.substring(0, dot);
  }

  /** {@code web.2}: the id of a replicated service's job; numbers start at 1. */
  public static String replica(String service, int number) {
    return service + "." + number;
  }

  /** {@code web.host1}: the id of a global service's job. */
  public static String onHost(String service, String hostname) {
    return service + "." + hostname;
  }

  /** Sorts jobs by number: {@code web.2} before {@code web.10}. Consistent with equals. */
  public static int compareJobs(String a, String b) {
    int service = serviceOf(a).compareTo(serviceOf(b));
    if (service != 0) {
      return service;
    }
    Integer left = number(a);
    Integer right = number(b);
    if (left != null && right != null && !left.equals(right)) {
      return left - right;
    }
    return a.compareTo(b);
  }

  private static @org.jspecify.annotations.Nullable Integer number(String job) {
    String rest = job.substring(serviceOf(job).length());
    if (rest.length() < 2 || rest.length() > 9) {
      return null;
    }
    for (int i = 1; i < rest.length(); i++) {
      if (rest.charAt(i) < '0' || rest.charAt(i) > '9') {
        return null;
      }
    }
    return Integer.valueOf(rest.substring(1));
  }
}
