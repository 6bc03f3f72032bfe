package io.dowding.model;

/** What a field of a request to an engine asks for beyond what every service has. */
public sealed interface Finding {

  /** The start of a sentence that says so. */
  String what();

  /**
   * It needs a grant.
   *
   * @param value what the grant must name; {@code true} for a {@linkplain Right#isFlag() flag}
   */
  record Needs(Right right, String value, String what) implements Finding {
    static Needs of(Right right, String what) {
      return new Needs(right, "true", what);
    }
  }

  /** No grant allows it. */
  record Never(String what) implements Finding {}
}
