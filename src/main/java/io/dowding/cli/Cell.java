package io.dowding.cli;

import io.dowding.model.Printable;

/**
 * A part of a line.
 *
 * @param text printable
 */
record Cell(String text, Style style) {

  Cell(String text, Style style) {
    this.text = Printable.of(text);
    this.style = style;
  }

  static Cell of(String text) {
    return new Cell(text, Style.PLAIN);
  }

  /** A state in its colour. */
  static Cell state(String state) {
    return new Cell(state, Style.ofState(state));
  }

  int width() {
    return text.codePointCount(0, text.length());
  }

  /** Followed by spaces, to this width. */
  Cell padded(int width) {
    return new Cell(text + " ".repeat(Math.max(0, width - width())), style);
  }
}
