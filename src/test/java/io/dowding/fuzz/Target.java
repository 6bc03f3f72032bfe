package io.dowding.fuzz;

import java.io.IOException;
import java.util.SplittableRandom;

/** A reader of what strangers write. */
public interface Target {

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
    public Input(String name, byte[] value) {
      this.name = name;
      this.value = value;
    }

    public String name() {
      return name;
    }

    public byte[] value() {
      return value;
    }
  }

  /** Reads it: every problem that it finds is its own business, and no exception. */
  void read(Input input) throws IOException;

  /** What reading one input may allocate, in bytes. */
  default long mostBytes() {
    return 256L << 20;
  }
}
