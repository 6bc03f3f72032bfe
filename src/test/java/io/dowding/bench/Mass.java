package io.dowding.bench;

import java.time.Duration;
import java.util.Locale;

/** {@code Mass HOSTS SERVICES START_MILLIS IDLE_SECONDS}. */
final class Mass {
  private Mass() {}

  public static void main(String[] a) throws Exception {
    int hosts = Integer.parseInt(a[0]);
    int services = Integer.parseInt(a[1]);
    Duration start = Duration.ofMillis(Long.parseLong(a[2]));
    int idle = Integer.parseInt(a[3]);
    int most = a.length > 4 ? Integer.parseInt(a[4]) : 120;
    try (Cluster c = new Cluster(hosts, start)) {
      Thread.sleep(3000);
      double cpu0 = c.agent.cpu(), h0 = c.hosts.process.cpu(), e0 = c.etcd.process.cpu();
      System.out.printf("ready: agent cpu %.1f rss %.0f%n", cpu0, c.agent.resident());
      long t0 = System.nanoTime();
      c.etcd.put(Cluster.services(0, services), 4);
      System.out.printf("written after %.2f%n", (System.nanoTime() - t0) / 1e9);
      Thread watch =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      long n = 0;
                      while (n < services) {
                        n = c.etcd.count("/schedule/allocations/");
                        Thread.sleep(50);
                      }
                      System.out.printf("recorded after %.2f%n", (System.nanoTime() - t0) / 1e9);
                    } catch (Exception e) {
                      System.out.println(e);
                    }
                  });
      long n = c.hosts.await(services, Duration.ofSeconds(most));
      System.out.printf(
          Locale.ROOT,
          "%d running after %.2f s; cpu agent %.1f hosts %.1f etcd %.1f; rss %.0f peak %.0f%n",
          n,
          (System.nanoTime() - t0) / 1e9,
          c.agent.cpu() - cpu0,
          c.hosts.process.cpu() - h0,
          c.etcd.process.cpu() - e0,
          c.agent.resident(),
          c.agent.peak());
      System.out.println(c.hosts.tally());
      Thread.sleep(6000);
      System.out.println(c.hosts.tally() + " agent cpu " + (c.agent.cpu() - cpu0));
      for (int i = 0; i < 7; i++) {
        long t = System.nanoTime();
        c.etcd.put("/schedule/services/t" + i, Cluster.service());
        c.hosts.await(services + i + 1, Duration.ofSeconds(20));
        System.out.printf("one more %.1f ms%n", (System.nanoTime() - t) / 1e6);
        Thread.sleep(700);
      }
      if (idle > 0) {
        Thread.sleep(10000);
        double c0 = c.agent.cpu();
        long r0 = c.etcd.revision();
        System.out.println(c.hosts.tally());
        Thread.sleep(idle * 1000L);
        System.out.println(c.hosts.tally());
        System.out.printf(
            "idle %.2f %% of a core, %d writes, rss %.0f peak %.0f%n",
            (c.agent.cpu() - c0) * 100 / idle,
            c.etcd.revision() - r0,
            c.agent.resident(),
            c.agent.peak());
      }
    }
  }
}
