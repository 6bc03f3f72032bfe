package io.dowding.compose;

import io.dowding.model.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Problems as sentences that start with a path. Only the first ones are kept, cut short, and the
 * rest are counted, because a status must hold them.
 */
final class Problems {

  private static final int MOST = 20;
  private static final int LONGEST = 300;
  private static final int LONGEST_PATH = 120;

  private final List<String> first = new ArrayList<>();
  private int others;

  /** The message is only built if it is kept. */
  void add(String path, Supplier<String> what) {
    if (first.size() < MOST) {
      String at = Printable.of(path, LONGEST_PATH);
      first.add(at + (at.isEmpty() ? "" : ": ") + Printable.of(what.get(), LONGEST));
    } else {
      others++;
    }
  }

  boolean isEmpty() {
    return first.isEmpty();
  }

  /** The problems as sentences; the last one says how many more there are. */
  List<String> list() {
    List<String> all = new ArrayList<>(first);
    if (others > 0) {
      all.add("and " + others + " more");
    }
    return all;
  }
}
