package io.dowding.plan;

import java.util.Comparator;

/**
 * The position of a service in a plan. Pinned ones come first: they have no other host, and the
 * rest is placed around them.
 */
public record Turn(boolean pinned, String service) implements Comparable<Turn> {

  private static final Comparator<Turn> ORDER =
      Comparator.comparing((Turn turn) -> !turn.pinned()).thenComparing(Turn::service);

  @Override
  public int compareTo(Turn other) {
    return ORDER.compare(this, other);
  }
}
