package io.dowding.docker;

import io.dowding.model.Container;
import io.dowding.model.Host;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Asks all hosts at once what runs there, each with its own deadline. Thread-safe. */
public final class Survey implements AutoCloseable {

  private final DockerSettings settings;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Host, Asked> asked = new HashMap<>();

  /**
   * A host's answer.
   *
   * @param containers its containers, or null if it did not answer
   * @param problem why it did not answer, or empty
   */
  public record Answer(Host host, @Nullable List<Container> containers, String problem) {}

  /** A host, and the connection to it if there is one. */
  private final class Asked {
    private final Host host;
    private final Guard guard;
    private @Nullable Connection connection;

    Asked(Host host) {
      this.host = host;
      this.guard = new Guard();
    }

    synchronized Answer ask() {
      try {
        Connection present = connection;
        if (present == null) {
          present = Connection.open(host, settings, guard, settings.call());
          connection = present;
        }
        Connection open = present;
        return new Answer(host, guard.within(settings.call(), open.engine()::list), "");
      } catch (Throwable failed) {
        close();
        return new Answer(host, null, Failures.words(failed));
      }
    }

    synchronized void close() {
      Connection last = connection;
      connection = null;
      if (last != null) {
        last.close();
      }
    }
  }

  public Survey(DockerSettings settings) {
    this.settings = settings;
  }

  /** The current answers of these hosts; one that does not answer delays no other. */
  public Map<String, Answer> ask(Collection<Host> hosts) throws InterruptedException {
    List<Callable<Answer>> questions = new ArrayList<>();
    for (Host host : hosts) {
      Asked of = of(host);
      questions.add(of::ask);
    }
    Map<String, Answer> answers = new HashMap<>();
    for (Future<Answer> future : workers.invokeAll(questions)) {
      try {
        answers.put(future.get().host().hostname(), future.get());
      } catch (ExecutionException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return answers;
  }

  private synchronized Asked of(Host host) {
    return asked.computeIfAbsent(host, Asked::new);
  }

  @Override
  public synchronized void close() {
    asked.values().forEach(Asked::close);
    asked.values().forEach(of -> of.guard.close());
    workers.shutdownNow();
  }
}
