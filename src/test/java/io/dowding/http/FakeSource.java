package io.dowding.http;

import io.dowding.control.StatusSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What agents publish, as a test says. */
final class FakeSource implements StatusSource {

  private final List<Sink> sinks = new ArrayList<>();
  final TreeMap<String, String> keys = new TreeMap<>();
  int begun;

  /** Whether it waits for {@link #list}. */
  boolean hangs;

  @Override
  public synchronized Runnable follow(Sink sink) {
    begun++;
    sinks.add(sink);
    if (!hangs) {
      list(sink);
    }
    return () -> stop(sink);
  }

  private void list(Sink sink) {
    sink.listed(new TreeMap<>(keys));
    sink.alive(List.of("{\"name\":\"control1\"}"));
  }

  synchronized void list() {
    sinks.forEach(this::list);
  }

  private synchronized void stop(Sink sink) {
    sinks.remove(sink);
  }

  /** How many follow it. */
  synchronized int followers() {
    return sinks.size();
  }

  synchronized void put(String key, String value) {
    keys.put(key, value);
    sinks.forEach(sink -> sink.changed(Map.of(key, Optional.of(value))));
  }

  synchronized void lose(String why) {
    sinks.forEach(sink -> sink.lost(why));
  }
}
