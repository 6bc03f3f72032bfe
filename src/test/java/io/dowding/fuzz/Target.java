package io.dowding.fuzz;

import java.util.SplittableRandom;

/** A reader of what strangers write. */
interface Target {

  String name();

  /** Something that it may be given; the same for the same chance. */
  Input input(SplittableRandom random);

  /** One input. */
  final class Input {
    private final String name;
    private final byte[] value;

    /**
     * @param name of what it stands under: a key, say
     */
    Input(String name, byte[] value) {
      this.name = name;
      this.value = value;
    }

    String name() {
      return name;
    }

    byte[] value() {
      return value;
    }
  }

  /** Reads it: every problem that it finds is its own business, and no exception. */
  void read(Input input);
}
