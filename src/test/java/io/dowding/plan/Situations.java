package io.dowding.plan;

/** Situations for tests of other packages. */
public final class Situations {

  private Situations() {}

  /** Nothing but hosts. */
  public static Situation withHosts(String... names) {
    return Scene.withHosts(names).situation();
  }
}
