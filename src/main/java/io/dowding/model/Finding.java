package io.dowding.model;

/** Something that a request's field asks for beyond what every service may have. */
public sealed interface Finding {

  /** The start of a sentence about it. */
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
