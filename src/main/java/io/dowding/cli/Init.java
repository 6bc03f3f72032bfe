package io.dowding.cli;

import io.dowding.etcd.EtcdSettings;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.SshEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sets up a cluster, or adds hosts to one: looks at everything first, asks once, then does it. All
 * of it can be repeated.
 */
final class Init {

  /** Of Debian's etcd. */
  static final String LOCAL_ETCD = "http://127.0.0.1:2379";

  private static final Duration ETCD_START = Duration.ofSeconds(15);

  private static final String INSTALL =
      "sh -c 'export DEBIAN_FRONTEND=noninteractive; i=\"apt-get -o DPkg::Lock::Timeout=120 install"
          + " -y -qq --no-install-recommends\"; apt-get update -qq && $i docker.io apparmor"
          + " ca-certificates && { command -v docker || $i docker-cli; }'";

  /** Asks the person. */
  @FunctionalInterface
  interface Questions {
    /**
     * Whether to do it.
     *
     * @throws IllegalStateException if there is no terminal to ask on
     */
    boolean mayDo(List<String> work);
  }

  /** Looks for etcd. */
  @FunctionalInterface
  interface EtcdLook {
    /** Why it does not answer within this time; empty if it does. */
    String problem(EtcdSettings at, Duration patience) throws InterruptedException;
  }

  /** A host that can be set up. */
  private record Target(RemoteHost host, HostFacts facts, String name, boolean known) {
    String user() {
      String user = host.endpoint().user();
      return user == null ? "" : user;
    }
  }

  private final Shell shell;
  private final ControlNode node;
  private final InitFiles files;
  private final Output talk;
  private final Questions questions;
  private final EtcdLook etcd;

  Init(Shell shell, InitFiles files, Output talk, Questions questions, EtcdLook etcd) {
    this.shell = shell;
    this.node = new ControlNode(shell);
    this.files = files;
    this.talk = talk;
    this.questions = questions;
    this.etcd = etcd;
  }

  /**
   * Does it, up to the start of the agent.
   *
   * @param etcdUrl an etcd that exists, or null for the configured one, or one on this machine
   * @param person what stands before a command that the person runs
   * @return the hosts by name; empty if nothing was done
   * @throws IllegalStateException naming what failed, and what to do
   */
  List<String> run(
      List<SshEndpoint> given, @Nullable String etcdUrl, List<String> person, boolean dryRun)
      throws IOException, InterruptedException {
    node.mustHavePackage();
    files.mustBeUsable();
    EtcdSettings at = files.etcd(etcdUrl);
    boolean installEtcd = mustInstallEtcd(at);
    Shell.Result directory = shell.run("", with(person, List.of("mktemp", "-d")));
    if (!directory.isGood()) {
      throw new IllegalStateException("no temporary directory: " + directory.last());
    }
    String place = directory.output().strip();
    List<RemoteHost> hosts = new ArrayList<>();
    try {
      for (SshEndpoint one : given.stream().distinct().toList()) {
        hosts.add(new RemoteHost(one, shell, person, place + "/" + hosts.size()));
      }
      List<Target> targets = named(hosts, look(hosts));
      return prepare(targets, at, etcdUrl, installEtcd, dryRun);
    } finally {
      for (RemoteHost host : hosts) {
        host.close();
      }
      shell.run("", with(person, List.of("rm", "-rf", "--", place)));
    }
  }

  private static List<String> with(List<String> person, List<String> command) {
    List<String> all = new ArrayList<>(person);
    all.addAll(command);
    return all;
  }

  private boolean mustInstallEtcd(EtcdSettings at) throws IOException, InterruptedException {
    String problem = etcd.problem(at, Duration.ZERO);
    if (problem.isEmpty()) {
      return false;
    }
    if (!at.endpoints().equals(List.of(LOCAL_ETCD))) {
      throw new IllegalStateException(
          "etcd does not answer at "
              + String.join(", ", at.endpoints())
              + ": "
              + problem
              + ": start it, or name another one with --etcd");
    }
    return true;
  }

  /** Logs in one after the other, because ssh may ask; then all are asked at once. */
  private List<HostFacts> look(List<RemoteHost> hosts) throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    List<RemoteHost> reached = new ArrayList<>();
    for (RemoteHost host : hosts) {
      try {
        host.login();
        reached.add(host);
      } catch (IllegalStateException failed) {
        problems.add(String.valueOf(failed.getMessage()));
      }
    }
    List<HostFacts> facts = each(reached, Init::facts, problems);
    mustBeNone(problems, hosts.size(), "nothing was changed");
    return facts;
  }

  private static HostFacts facts(RemoteHost host) throws IOException, InterruptedException {
    Shell.Result answer = host.command(HostFacts.ASK, "");
    HostFacts facts;
    try {
      facts = HostFacts.of(answer.output());
    } catch (IllegalArgumentException odd) {
      throw host.problem(odd.getMessage() + ": " + answer.last());
    }
    if (!facts.obstacle().isEmpty()) {
      throw host.problem(facts.obstacle());
    }
    return facts;
  }

  private List<Target> named(List<RemoteHost> hosts, List<HostFacts> facts) {
    SortedMap<String, Host> existing = files.hosts();
    Set<String> taken = new TreeSet<>(existing.keySet());
    List<Target> targets = new ArrayList<>();
    for (int n = 0; n < hosts.size(); n++) {
      RemoteHost host = hosts.get(n);
      String known =
          existing.values().stream()
              .filter(one -> host.endpoint().equals(SshEndpoint.of(one.docker())))
              .map(Host::hostname)
              .findFirst()
              .orElse(null);
      targets.add(
          new Target(
              host,
              facts.get(n),
              known == null ? name(host, facts.get(n), taken) : known,
              known != null));
    }
    return targets;
  }

  private static String name(RemoteHost host, HostFacts facts, Set<String> taken) {
    String alias = host.given().host().toLowerCase(Locale.ROOT);
    for (String name : List.of(facts.name(), alias)) {
      if (Names.isHostname(name) && taken.add(name)) {
        return name;
      }
    }
    throw host.problem(
        "neither its own name \""
            + facts.name()
            + "\" nor \""
            + alias
            + "\" can be its name here, because another host has it or it is no hostname: change its"
            + " hostname, or add it to the inventory by hand");
  }

  private List<String> prepare(
      List<Target> targets,
      EtcdSettings at,
      @Nullable String etcdUrl,
      boolean installEtcd,
      boolean dryRun)
      throws IOException, InterruptedException {
    for (Target one : targets) {
      talk.line(
          "%s: reached as %s, %s%s"
              .formatted(
                  one.name(),
                  one.host().endpoint().login(),
                  one.facts().needsDocker() ? "without Docker" : one.facts().docker(),
                  one.known() ? "; it is already there" : ""));
    }
    SortedMap<String, String> added = new TreeMap<>();
    targets.stream()
        .filter(one -> !one.known())
        .forEach(one -> added.put(one.name(), one.host().endpoint().uri()));
    InitFiles.Change change = files.change(added, etcdUrl);
    List<String> work = work(targets, installEtcd && !node.hasEtcd());
    work.addAll(change.toConfirm());
    if (dryRun) {
      sayAll(work, targets, installEtcd, change);
      return List.of();
    }
    if (!work.isEmpty() && !questions.mayDo(work)) {
      talk.line("nothing was changed");
      return List.of();
    }
    String key = node.publicKey();
    List<String> problems = new ArrayList<>();
    List<Callable<String>> all = new ArrayList<>();
    targets.forEach(one -> all.add(() -> prepare(one, key)));
    all.add(() -> prepareEtcd(at, installEtcd));
    each(all, Callable::call, problems);
    mustBeNone(problems, targets.size(), "the inventory was not changed");
    change.write().forEach(talk::line);
    node.startAgent();
    talk.line("agent: started, and starts at each boot");
    return targets.stream().map(Target::name).toList();
  }

  /** What needs the person's word. */
  private static List<String> work(List<Target> targets, boolean installEtcd) {
    List<String> work = new ArrayList<>();
    String without =
        targets.stream()
            .filter(one -> one.facts().needsDocker())
            .map(Target::name)
            .collect(Collectors.joining(", "));
    if (!without.isEmpty()) {
      work.add("install docker.io with apt-get on " + without + ", where Docker is missing");
    }
    for (Target one : targets) {
      if (one.facts().needsGroup()) {
        work.add(
            "add the user %s to the group docker on %s, which makes it as powerful as root there"
                .formatted(one.user(), one.name()));
      }
    }
    if (installEtcd) {
      work.add("install etcd-server with apt-get on this machine, where etcd is missing");
    }
    return work;
  }

  private void sayAll(
      List<String> work, List<Target> targets, boolean installEtcd, InitFiles.Change change) {
    List<String> all = new ArrayList<>(work);
    all.add(
        "let the key of the user dowding log in: "
            + targets.stream()
                .map(one -> one.host().endpoint().login())
                .collect(Collectors.joining(", ")));
    if (installEtcd) {
      all.add("start etcd on this machine, now and at each boot");
    }
    all.addAll(change.words());
    all.add("start the agent, now and at each boot");
    all.forEach(line -> talk.line("would " + line));
  }

  private String prepare(Target one, String key) throws IOException, InterruptedException {
    RemoteHost host = one.host();
    String sudo = one.facts().root() ? "" : "sudo -n ";
    if (one.facts().needsDocker()) {
      talk.line(one.name() + ": installing docker.io");
      must(host, "docker.io cannot be installed", host.command(sudo + INSTALL, ""));
    }
    if (one.facts().needsGroup()) {
      String line = sudo + "usermod -aG docker " + one.user();
      must(host, "the user cannot be added to the group docker", host.command(line, ""));
    }
    must(
        host,
        "the key cannot be added to authorized_keys",
        host.command(ControlNode.AUTHORIZE, key));
    node.know(host.knownHost());
    String version = node.engineVersion(host.endpoint());
    talk.line(one.name() + ": ready" + (version.isEmpty() ? "" : ", Docker " + version));
    return version;
  }

  private static void must(RemoteHost host, String what, Shell.Result result) {
    if (!result.isGood()) {
      throw host.problem(what + ": " + result.last());
    }
  }

  private String prepareEtcd(EtcdSettings at, boolean install)
      throws IOException, InterruptedException {
    if (install) {
      talk.line("etcd: starting it on this machine");
      node.startEtcd();
      String problem = etcd.problem(at, ETCD_START);
      if (!problem.isEmpty()) {
        throw new IllegalStateException(
            "etcd does not answer at " + LOCAL_ETCD + ": " + problem + ": journalctl -u etcd");
      }
      talk.line(
          "etcd: its only copy of your services is in /var/lib/etcd on this machine; to back");
      talk.line("      it up: etcdctl snapshot save FILE (Debian: etcd-client)");
    }
    talk.line("etcd: answers at " + String.join(", ", at.endpoints()));
    return "";
  }

  /** Something that is done for each of several things. */
  @FunctionalInterface
  private interface Step<T, R> {
    R with(T one) throws Exception;
  }

  /** Does it for all at once; adds what fails to the problems. */
  private static <T, R> List<R> each(List<T> all, Step<T, R> step, List<String> problems)
      throws InterruptedException {
    List<R> results = new ArrayList<>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<R>> running = new ArrayList<>();
      all.forEach(one -> running.add(workers.submit(() -> step.with(one))));
      for (Future<R> one : running) {
        try {
          results.add(one.get());
        } catch (ExecutionException failed) {
          Throwable cause = failed.getCause() == null ? failed : failed.getCause();
          problems.add(String.valueOf(cause.getMessage()));
        }
      }
    }
    return results;
  }

  private void mustBeNone(List<String> problems, int hosts, String so) {
    if (problems.isEmpty()) {
      return;
    }
    if (problems.size() == 1) {
      throw new IllegalStateException(
          problems.getFirst() + " (" + so + "; afterwards, run this again)");
    }
    problems.forEach(talk::line);
    throw new IllegalStateException(
        "%d problems with %d hosts; %s: correct them, then run this again"
            .formatted(problems.size(), hosts, so));
  }
}
