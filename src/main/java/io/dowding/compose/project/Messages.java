package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Messages about a project. Only the first ones are kept, each once; the rest are counted. Not
 * thread-safe.
 */
public final class Messages {

  private static final int MOST = 100;

  /** In characters; names and values in it may be of any length. */
  private static final int LONGEST = 4000;

  private final Set<String> first = new LinkedHashSet<>();
  private int added;
  private int others;

  /** The first of these messages; the last one says how many more there are. */
  public static List<String> first(List<String> all) {
    Messages messages = new Messages();
    all.forEach(messages::add);
    return messages.list();
  }

  void add(String message) {
    add(() -> message);
  }

  /** The message is only built if it may be kept. */
  void add(Supplier<String> message) {
    added++;
    if (first.size() < MOST) {
      String text = message.get();
      first.add(text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
    } else {
      others++;
    }
  }

  /** Adds the problem that stops a step, if any. */
  void catching(Runnable step) {
    try {
      step.run();
    } catch (FileProblem problem) {
      add(String.valueOf(problem.getMessage()));
    }
  }

  /** How often a message was added, also if it is not kept. */
  int added() {
    return added;
  }

  /** The last one says how many more there are. */
  List<String> list() {
    List<String> all = new ArrayList<>(first);
    if (others > 0) {
      all.add("and " + others + " more");
    }
    return all;
  }
}
