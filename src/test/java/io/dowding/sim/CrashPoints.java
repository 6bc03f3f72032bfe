package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a scenario with a fault at a different external call each time. Each run must end like
 * the run without faults, break no promise, and make only a few more changes to the hosts.
 */
final class CrashPoints {

  private static final List<Verdict> CRASHES = List.of(Verdict.CRASH_BEFORE, Verdict.CRASH_AFTER);

  /** Verdicts that are worth testing only at calls that may change anything. */
  private static final Set<Verdict> OF_CHANGES =
      EnumSet.of(
          Verdict.CRASH_AFTER,
          Verdict.APPLIED_RESET,
          Verdict.APPLIED_TIMEOUT,
          Verdict.LATE,
          Verdict.TRUNCATED);

  /** Verdicts that only a Docker Engine gives. */
  private static final Set<Verdict> OF_ENGINES = EnumSet.of(Verdict.NOT_FOUND, Verdict.CONFLICT);

  /** How many additional changes to hosts one fault may cause. */
  private static final int EXTRA = 6;

  private static final int QUIET_ROUNDS = 2;

  /** A failed run, and how to reproduce it. */
  record Finding(String scenario, String fault, String what) {
    @Override
    public String toString() {
      return scenario + ", " + fault + ": " + what;
    }
  }

  /** A run with faults. */
  private record Disturbed(String fault, Consumer<Simulation> faults) {}

  /** A crash of the agent before or after a call. */
  private record Crash(int call, Verdict when) {
    @Override
    public String toString() {
      return when + " " + call;
    }
  }

  private final Scenario scenario;
  private final Bugs bugs;
  private final ScenarioRun.Result clean;
  private final Kinds kinds = new Kinds();
  private final AtomicInteger runs = new AtomicInteger();
  private int mostChanges;

  CrashPoints(Scenario scenario, Bugs bugs) {
    this.scenario = scenario;
    this.bugs = bugs;
    this.clean =
        new ScenarioRun(scenario, bugs)
            .run(sim -> sim.faults = kinds.recording(sim, Faults.NONE), QUIET_ROUNDS);
    this.mostChanges = clean.mutations() + EXTRA;
  }

  /** Records which calls may change anything, and which go to etcd. */
  private static final class Kinds {
    private final BitSet changes = new BitSet();
    private final BitSet ofEtcd = new BitSet();

    Faults recording(Simulation sim, Faults faults) {
      int first = sim.calls();
      return call -> {
        // A pull changes the host, although no container.
        changes.set(call.number() - first, call.changes() || call.name().equals("pull"));
        ofEtcd.set(call.number() - first, call.isEtcd());
        return faults.at(call);
      };
    }

    /** Whether this verdict has an effect of its own at this call. */
    boolean hasOwnEffect(Verdict verdict, int call) {
      return (changes.get(call) || !OF_CHANGES.contains(verdict))
          && !(ofEtcd.get(call) && OF_ENGINES.contains(verdict));
    }
  }

  /** The number of runs with faults. */
  int runs() {
    return runs.get();
  }

  /** Injects each of these verdicts at every call. */
  List<Finding> everyCall(List<Verdict> verdicts) {
    return all(
        IntStream.range(0, clean.calls())
            .boxed()
            .flatMap(
                call ->
                    verdicts.stream()
                        .filter(verdict -> kinds.hasOwnEffect(verdict, call))
                        .map(verdict -> new Disturbed(verdict + " " + call, at(call, verdict)))));
  }

  /**
   * Injects faults at some calls, spread evenly, with a different verdict each time. For scenarios
   * where {@link #everyCall} takes too long. Retries while a host misbehaves are allowed.
   */
  List<Finding> someCalls(List<Verdict> verdicts, int runs) {
    mostChanges = 2 * clean.mutations() + EXTRA;
    int step = Math.max(1, clean.calls() / runs);
    return all(
        IntStream.range(0, clean.calls() / step)
            .boxed()
            .flatMap(
                n -> {
                  int call = n * step + n % step;
                  Verdict verdict = verdicts.get(n % verdicts.size());
                  return kinds.hasOwnEffect(verdict, call)
                      ? Stream.of(new Disturbed(verdict + " " + call, at(call, verdict)))
                      : Stream.of();
                }));
  }

  /** Answers each read of etcd with every earlier revision. */
  List<Finding> everyStaleRead() {
    return all(
        clean.reads().stream()
            .flatMap(
                read ->
                    IntStream.range(1, (int) read.revision())
                        .mapToObj(
                            back ->
                                new Disturbed(
                                    "STALE " + read.call() + " by " + back,
                                    sim -> {
                                      sim.staleBy = back;
                                      sim.faults = only(sim, read.call(), Verdict.STALE);
                                    }))));
  }

  /** Drops, delays, duplicates or merges each engine event and each revision of a watch. */
  List<Finding> everyNews() {
    return all(
        Stream.of(News.Fate.DROPPED, News.Fate.DELAYED, News.Fate.DOUBLED, News.Fate.COALESCED)
            .flatMap(
                fate ->
                    IntStream.range(0, clean.news())
                        .mapToObj(
                            n ->
                                new Disturbed(
                                    fate + " " + n,
                                    sim -> {
                                      int first = sim.news();
                                      sim.newsFates =
                                          (number, from) ->
                                              number - first == n ? fate : News.Fate.ON_TIME;
                                    }))));
  }

  /**
   * Crashes the agent, restarts it, and crashes it again. Pairs that leave a known state are
   * skipped, because what follows from that state was already tested.
   *
   * @param parts the number of parts into which the first crashes are divided
   * @param part the part to run
   */
  List<Finding> pairs(int parts, int part) {
    Set<String> known = ConcurrentHashMap.newKeySet();
    List<Crash> firsts = new ArrayList<>();
    for (int call = 0; call < clean.calls(); call++) {
      for (Verdict when : CRASHES) {
        Crash crash = new Crash(call, when);
        String left = kinds.hasOwnEffect(when, call) ? leftBy(List.of(crash)) : null;
        if (left != null && known.add(left)) {
          firsts.add(crash);
        }
      }
    }
    return all(
        IntStream.range(0, firsts.size())
            .filter(index -> index % parts == part)
            .mapToObj(firsts::get)
            .flatMap(first -> seconds(first, known)));
  }

  private Stream<Disturbed> seconds(Crash first, Set<String> known) {
    Kinds later = new Kinds();
    int calls =
        new ScenarioRun(scenario, bugs)
            .withoutVerification()
            .run(
                sim -> {
                  crashing(sim, List.of(first));
                  sim.faults = later.recording(sim, sim.faults);
                },
                0)
            .calls();
    return IntStream.range(first.call() + 1, calls)
        .boxed()
        .flatMap(
            call ->
                CRASHES.stream()
                    .filter(when -> later.hasOwnEffect(when, call))
                    .map(when -> List.of(first, new Crash(call, when))))
        .filter(
            both -> {
              String left = leftBy(both);
              return left != null && known.add(left);
            })
        .map(both -> new Disturbed(both.toString(), sim -> crashing(sim, both)));
  }

  /** The state that the last of these crashes leaves behind, or null if it does not happen. */
  private @Nullable String leftBy(List<Crash> crashes) {
    ScenarioRun run = new ScenarioRun(scenario, bugs).withoutVerification();
    try {
      run.run(
          sim -> {
            crashing(sim, crashes);
            int[] crashCount = {0};
            sim.whenCrashed =
                () -> {
                  if (++crashCount[0] == crashes.size()) {
                    throw new Left(sim.external());
                  }
                };
          },
          0);
      return null;
    } catch (Left left) {
      return left.state;
    }
  }

  /** Thrown to end a run at a crash. */
  private static final class Left extends RuntimeException {
    private static final long serialVersionUID = 1;
    final String state;

    Left(String state) {
      super("left", null, false, false);
      this.state = state;
    }
  }

  private static void crashing(Simulation sim, List<Crash> crashes) {
    int first = sim.calls();
    sim.faults =
        call ->
            crashes.stream()
                .filter(crash -> crash.call() == call.number() - first)
                .map(Crash::when)
                .findFirst()
                .orElse(Verdict.PASS);
  }

  private static Faults only(Simulation sim, int at, Verdict verdict) {
    int first = sim.calls();
    return call -> call.number() - first == at ? verdict : Verdict.PASS;
  }

  /** Injects this verdict at this call. */
  static Consumer<Simulation> at(int call, Verdict verdict) {
    return sim -> sim.faults = only(sim, call, verdict);
  }

  private List<Finding> all(Stream<Disturbed> disturbed) {
    return disturbed.parallel().map(this::run).filter(Objects::nonNull).toList();
  }

  private @Nullable Finding run(Disturbed disturbed) {
    runs.incrementAndGet();
    try {
      ScenarioRun.Result result =
          new ScenarioRun(scenario, bugs)
              .verifyFromFirstFault()
              .run(disturbed.faults(), QUIET_ROUNDS);
      String what = "";
      if (!result.endState().equals(clean.endState())) {
        what = "a different end state: " + result.endState() + " instead of " + clean.endState();
      } else if (result.mutations() > mostChanges) {
        what = result.mutations() + " changes instead of " + clean.mutations();
      }
      return what.isEmpty() ? null : new Finding(scenario.name(), disturbed.fault(), what);
    } catch (RuntimeException | Oracle.Broken broken) {
      return new Finding(scenario.name(), disturbed.fault(), String.valueOf(broken.getMessage()));
    }
  }
}
