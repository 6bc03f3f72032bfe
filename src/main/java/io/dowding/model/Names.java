package io.dowding.model;

import java.util.regex.Pattern;

/** The three grammars of names, and how a job's id is made from its service's name. */
public final class Names {

  /** A service: lower case letters, digits, {@code _} and {@code -}, at most 63, no dots. */
  public static final String SERVICE_GRAMMAR = "[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?";

  private static final String HOST_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern SERVICE = Pattern.compile(SERVICE_GRAMMAR);
  private static final Pattern JOB =
      Pattern.compile(SERVICE_GRAMMAR + "(\\." + SERVICE_GRAMMAR + ")*");
  private static final Pattern HOSTNAME = Pattern.compile(HOST_LABEL + "(\\." + HOST_LABEL + ")*");

  private Names() {}

  public static boolean isService(String name) {
    return SERVICE.matcher(name).matches();
  }

  /** A job's or library user's id: parts like a service's name, joined by dots. */
  public static boolean isJob(String id) {
    return id.length() <= 253 && JOB.matcher(id).matches();
  }

  /** A DNS name in lower case. */
  public static boolean isHostname(String name) {
    return name.length() <= 253 && HOSTNAME.matcher(name).matches();
  }

  /** The service that a job belongs to: what stands before the first dot. */
  public static String serviceOf(String job) {
    int dot = job.indexOf('.');
    return dot < 0 ? job : job.substring(0, dot);
  }

  /** {@code web.2}: the id of a replicated service's job; numbers begin at 1. */
  public static String replica(String service, int number) {
    return service + "." + number;
  }

  /** {@code web.host1}: the id of a global service's job. */
  public static String onHost(String service, String hostname) {
    return service + "." + hostname;
  }

  /**
   * Orders jobs as people count them: {@code web.2} before {@code web.10}. Consistent with equals.
   */
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
