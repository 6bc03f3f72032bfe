package io.dowding.model;

import java.util.Map;

/**
 * Commands that run in a container after it starts and before it stops. They are stored in its
 * labels, so that a container of an earlier definition is stopped as that definition says.
 */
public final class Hooks {

  public static final String POST_START = Ownership.PREFIX + "post_start";
  public static final String PRE_STOP = Ownership.PREFIX + "pre_stop";

  /** The label of a container without commands; it keeps the image from setting one. */
  public static final String NONE = "[]";

  private Hooks() {}

  /** Whether a container's labels contain such commands. */
  public static boolean are(Map<String, String> labels, String hooks) {
    return !labels.getOrDefault(hooks, NONE).equals(NONE);
  }
}
