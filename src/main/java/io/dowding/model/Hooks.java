package io.dowding.model;

import java.util.Map;

/**
 * Commands that are run in a container after it was started and before it is stopped. They are in
 * its labels, so that also one of an earlier definition is stopped as it was meant to be.
 */
public final class Hooks {

  public static final String POST_START = Ownership.PREFIX + "post_start";
  public static final String PRE_STOP = Ownership.PREFIX + "pre_stop";

  /** The label of a container that has none; its image cannot bring it one then. */
  public static final String NONE = "[]";

  private Hooks() {}

  /** Whether a container's labels have such commands. */
  public static boolean are(Map<String, String> labels, String hooks) {
    return !labels.getOrDefault(hooks, NONE).equals(NONE);
  }
}
