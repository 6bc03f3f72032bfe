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
 * Runs a scenario again and again, each time with a fault at another of its external calls. The end
 * must be that of the undisturbed run, no promise may be broken on the way, and no more may be done
 * to the hosts than the fault explains.
 */
final class CrashPoints {

  private static final List<Verdict> CRASHES = List.of(Verdict.CRASH_BEFORE, Verdict.CRASH_AFTER);

  /** What differs from others of these kinds only where a call may change something. */
  private static final Set<Verdict> OF_CHANGES =
      EnumSet.of(
          Verdict.CRASH_AFTER,
          Verdict.APPLIED_RESET,
          Verdict.APPLIED_TIMEOUT,
          Verdict.LATE,
          Verdict.TRUNCATED);

  /** What etcd says in one way only. */
  private static final Set<Verdict> OF_ENGINES = EnumSet.of(Verdict.NOT_FOUND, Verdict.CONFLICT);

  /** Calls that change a host, beyond those of the undisturbed run, that one fault may cost. */
  private static final int EXTRA = 6;

  private static final int QUIET_ROUNDS = 2;

  /** A run that went wrong, and how to have it again. */
  record Finding(String scenario, String fault, String what) {
    @Override
    public String toString() {
      return scenario + ", " + fault + ": " + what;
    }
  }

  /** A run with faults. */
  private record Disturbed(String fault, Consumer<Simulation> faults) {}

  /** A call, and the agent that dies around it. */
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
            .run(sim -> sim.faults = kinds.noting(sim, Faults.NONE), QUIET_ROUNDS);
    this.mostChanges = clean.mutations() + EXTRA;
  }

  /** Of each call whether it may change something, and whether it is etcd's. */
  private static final class Kinds {
    private final BitSet changes = new BitSet();
    private final BitSet ofEtcd = new BitSet();

    Faults noting(Simulation sim, Faults faults) {
      int first = sim.calls();
      return call -> {
        // What a pull leaves on a host is a change, though to no container.
        changes.set(call.number() - first, call.changes() || call.name().equals("pull"));
        ofEtcd.set(call.number() - first, call.isEtcd());
        return faults.at(call);
      };
    }

    /** Whether no other fault of this call is the very same. */
    boolean isWorthIt(Verdict verdict, int call) {
      return (changes.get(call) || !OF_CHANGES.contains(verdict))
          && !(ofEtcd.get(call) && OF_ENGINES.contains(verdict));
    }
  }

  /** How many disturbed runs there were. */
  int runs() {
    return runs.get();
  }

  /** One fault of each of these kinds at every call. */
  List<Finding> everyCall(List<Verdict> verdicts) {
    return all(
        IntStream.range(0, clean.calls())
            .boxed()
            .flatMap(
                call ->
                    verdicts.stream()
                        .filter(verdict -> kinds.isWorthIt(verdict, call))
                        .map(verdict -> new Disturbed(verdict + " " + call, at(call, verdict)))));
  }

  /**
   * One fault at some of the calls, spread evenly, each time of the next kind: for scenarios that
   * are too many or too long for all. What is held up while a host lies may be tried again for as
   * long as that takes.
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
                  return kinds.isWorthIt(verdict, call)
                      ? Stream.of(new Disturbed(verdict + " " + call, at(call, verdict)))
                      : Stream.of();
                }));
  }

  /** Every earlier revision as the answer of every read of etcd. */
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

  /** Every event of an engine and every revision of a watch, lost, late, twice, and as one. */
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
   * An agent that dies, is started again, and dies once more, wherever the second death leaves what
   * no single one left: what follows a state that was seen before is known.
   *
   * @param parts into how many parts the first deaths are divided
   * @param part which of them is tried
   */
  List<Finding> pairs(int parts, int part) {
    Set<String> known = ConcurrentHashMap.newKeySet();
    List<Crash> firsts = new ArrayList<>();
    for (int call = 0; call < clean.calls(); call++) {
      for (Verdict when : CRASHES) {
        Crash crash = new Crash(call, when);
        String left = kinds.isWorthIt(when, call) ? leftBy(List.of(crash)) : null;
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
            .unproved()
            .run(
                sim -> {
                  crashing(sim, List.of(first));
                  sim.faults = later.noting(sim, sim.faults);
                },
                0)
            .calls();
    return IntStream.range(first.call() + 1, calls)
        .boxed()
        .flatMap(
            call ->
                CRASHES.stream()
                    .filter(when -> later.isWorthIt(when, call))
                    .map(when -> List.of(first, new Crash(call, when))))
        .filter(
            both -> {
              String left = leftBy(both);
              return left != null && known.add(left);
            })
        .map(both -> new Disturbed(both.toString(), sim -> crashing(sim, both)));
  }

  /** What the last of these deaths leaves behind, or null where it does not happen. */
  private @Nullable String leftBy(List<Crash> crashes) {
    ScenarioRun run = new ScenarioRun(scenario, bugs).unproved();
    try {
      run.run(
          sim -> {
            crashing(sim, crashes);
            int[] deaths = {0};
            sim.whenCrashed =
                () -> {
                  if (++deaths[0] == crashes.size()) {
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

  /** Ends a run in the middle. */
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

  /** This fault at the call of this number. */
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
              .provedOnceDisturbed()
              .run(disturbed.faults(), QUIET_ROUNDS);
      String what = "";
      if (!result.endState().equals(clean.endState())) {
        what = "another end: " + result.endState() + " instead of " + clean.endState();
      } else if (result.mutations() > mostChanges) {
        what = result.mutations() + " changes instead of " + clean.mutations();
      }
      return what.isEmpty() ? null : new Finding(scenario.name(), disturbed.fault(), what);
    } catch (RuntimeException | Oracle.Broken broken) {
      return new Finding(scenario.name(), disturbed.fault(), String.valueOf(broken.getMessage()));
    }
  }
}
