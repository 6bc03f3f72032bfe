package io.dowding.fuzz;

import java.io.IOException;
import java.util.SplittableRandom;

/** A reader of untrusted input. */
public interface Target {

  String name();

  /** Makes an input; it depends only on the random numbers. */
  Input input(SplittableRandom random);

  /** One input. */
  final class Input {
    private final String name;
    private final byte[] value;

    /**
     * Creates an input.
     *
     * @param name the name of the input, such as its key
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

  /** Reads the input. It may report problems, but must throw no other exception. */
  void read(Input input) throws IOException;

  /** The limit of bytes that may be allocated to read one input. */
  default long mostBytes() {
    return 256L << 20;
  }
}
