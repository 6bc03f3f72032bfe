package io.dowding.bench;

import com.sun.management.ThreadMXBean;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * B9: from the start of the process to the first plan, and what a new leader's first plan costs.
 */
final class Start {

  private static final int HOSTS = 100;
  private static final int JOBS = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private Start() {}

  static void measure(Report report, Options options) throws Exception {
    firstPlan(report, options.rounds() / 4 + 1);
    SettledCluster cluster = new SettledCluster(5000, 100_000);
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = meter.getCurrentThreadCpuTime();
    cluster.settle();
    double seconds = (meter.getCurrentThreadCpuTime() - before) / 1e9;
    report.atMost(
        "B9",
        "a new leader of 5,000 hosts × 100,000 jobs until all is planned",
        seconds,
        "s CPU",
        3);
  }

  private static void firstPlan(Report report, int rounds) throws Exception {
    List<Double> agents = new ArrayList<>();
    List<Double> floors = new ArrayList<>();
    try (Cluster cluster = new Cluster(HOSTS, Duration.ZERO)) {
      cluster.etcd.put(Cluster.services(0, JOBS), 4);
      cluster.hosts.await(JOBS, PATIENCE);
      for (int round = 1; round <= rounds; round++) {
        Thread.sleep(SETTLE);
        cluster.agent.close();
        floors.add(connects(cluster));
        // Its start shows when the plan was made.
        cluster.etcd.put("/schedule/services/more" + round, Cluster.service());
        long begun = System.nanoTime();
        cluster.startAgent();
        cluster.hosts.await(JOBS + round, PATIENCE);
        agents.add((System.nanoTime() - begun) / 1e9);
      }
    }
    report.ratio(
        "B9",
        "start at %d hosts × %,d jobs until a new service runs".formatted(HOSTS, JOBS),
        Report.median(agents),
        "s",
        "a JVM that only connects",
        Report.median(floors),
        1.3);
  }

  private static double connects(Cluster cluster) throws Exception {
    long begun = System.nanoTime();
    Child child =
        Child.java(
            cluster.directory.resolve("connects.log"),
            Start.class,
            cluster.etcd.url(),
            Integer.toString(cluster.hosts.port()));
    Wait.until(PATIENCE, "the JVM that only connects", () -> !child.isAlive());
    return (System.nanoTime() - begun) / 1e9;
  }

  /** The floor: connects to etcd and to all hosts, and reads what an agent has to know. */
  public static void main(String[] arguments) throws Exception {
    try (var client = Client.builder().endpoints(arguments[0]).build()) {
      var all = GetOption.builder().isPrefix(true).build();
      client.getKVClient().get(Etcd.bytes("/schedule/"), all).get();
      for (int host = 0; host < HOSTS; host++) {
        try (Socket socket = new Socket()) {
          socket.connect(
              new InetSocketAddress(SimulatedHosts.address(host), Integer.parseInt(arguments[1])));
          BareStarts.ask(socket, "GET", "/v1.41/containers/json?all=1");
        }
      }
    }
    System.exit(0);
  }
}
