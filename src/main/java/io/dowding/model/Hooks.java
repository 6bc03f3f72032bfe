package io.dowding.model;

/**
 * Commands that are run in a container after it was started and before it is stopped. They are in
 * its labels, so that also one of an earlier definition is stopped as it was meant to be.
 */
public final class Hooks {

  public static final String POST_START = Ownership.PREFIX + "post_start";
  public static final String PRE_STOP = Ownership.PREFIX + "pre_stop";

  private Hooks() {}
}
