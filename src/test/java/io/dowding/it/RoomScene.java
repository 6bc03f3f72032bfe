package io.dowding.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdKeys;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What agents would have published of a cluster of any size: nearly all is well, some is not. */
final class RoomScene {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PROJECTS = List.of("shop", "blog", "mail", "maps", "wiki");
  private static final List<String> PARTS =
      List.of("web", "api", "worker", "cache", "search", "queue", "proxy", "sync", "db", "cron");
  private static final int PER_SERVICE = 20;

  private final EtcdKeys keys;
  private final int hosts;
  private final int jobs;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Map<String, ObjectNode> services = new TreeMap<>();

  RoomScene(EtcdKeys keys, int hosts, int jobs) {
    this.keys = keys;
    this.hosts = hosts;
    this.jobs = jobs;
  }

  /** Puts all keys. */
  void write() {
    keys.put("leader/1", "{\"name\":\"control1\",\"since\":\"" + now.minusSeconds(86_400) + "\"}");
    int perService = jobs <= PER_SERVICE * 3 ? Math.max(1, jobs / 9) : PER_SERVICE;
    for (int n = 0; n < jobs; n++) {
      job(n, n / perService, n % perService + 1);
    }
    services.forEach((name, service) -> keys.put("status/services/" + name, service.toString()));
    for (int n = 0; n < hosts; n++) {
      host(n);
    }
    List<String> events = new ArrayList<>();
    for (int n = 0; n < Math.min(40, jobs); n++) {
      events.add(event(n));
    }
    keys.put("work/control1", String.join("\n", events));
  }

  private String serviceName(int n) {
    String part = PARTS.get(n % PARTS.size());
    return n < PROJECTS.size() * PARTS.size()
        ? PROJECTS.get(n / PARTS.size() % PROJECTS.size()) + "-" + part
        : part + n;
  }

  String hostName(int n) {
    return hosts > 9 ? "host%02d".formatted(n) : List.of("ash", "birch", "cedar", "elm").get(n % 4);
  }

  private boolean isLost(int host) {
    return jobs > 9 && host == hosts - 2;
  }

  private void job(int n, int of, int replica) {
    String service = serviceName(of);
    ObjectNode status =
        services.computeIfAbsent(
            service,
            name -> {
              ObjectNode made = JSON.createObjectNode().put("state", "running");
              made.put("desired", 0).put("running", 0);
              made.put("image", "registry.example.org/" + name + ":4.2").putObject("jobs");
              return made;
            });
    status.put("desired", status.path("desired").asInt() + 1);
    String id = service + "." + replica;
    ObjectNode job = status.withObjectProperty("jobs").putObject(id);
    int host = (n * 7 + n / hosts) % hosts;
    job.put("host", hostName(host)).put("why", "best fit: 1 job of this service, load " + n % 9);
    job.put("container", "%012x".formatted(0x5c0ffee1234L * (n + 1) & 0xffffffffffffL));
    job.put("since", now.minusSeconds(3600 + n * 60L).toString()).put("state", "running");
    if (jobs > 9) {
      trouble(n, host, id, job);
    }
  }

  private void trouble(int n, int host, String id, ObjectNode job) {
    switch (n % 97) {
      case 11 -> job.put("state", "starting").put("reason", "pulling the image: 41.0 of 118.2 MiB");
      case 23 -> job.put("state", "starting").put("reason", "just started, up in 2 s");
      case 31 ->
          job.put("state", "held")
              .put(
                  "reason",
                  "its container was renamed: run docker rename old "
                      + id
                      + " on "
                      + hostName(host)
                      + ", or remove it");
      case 43 ->
          job.put("state", "backoff")
              .put("reason", "exited with 1: cannot reach the database")
              .put("restarts", 4)
              .put("nextTry", now.plusSeconds(40).toString());
      case 57 -> {
        job.remove(List.of("host", "container", "since", "why"));
        job.put("state", "pending")
            .put("reason", "no host fits: 58 of 60 GiB are reserved on each of them, 4 GiB asked");
      }
      default -> {
        if (isLost(host)) {
          job.put("state", "unreachable").put("reason", hostName(host) + " does not answer");
        }
      }
    }
  }

  private void host(int n) {
    ObjectNode host = JSON.createObjectNode().put("state", isLost(n) ? "unknown" : "up");
    if (isLost(n)) {
      host.put("lastContact", now.minusSeconds(47).toString()).put("error", "connection timed out");
    }
    host.put("operator", jobs > 9 && n == 1 ? "drain" : "active").put("version", "28.1");
    host.put("ours", jobs / hosts).put("unmanaged", n % 3);
    host.putObject("capacity").put("cpus", 16).put("memoryBytes", 64L << 30);
    host.putObject("reserved").put("cpus", 4 + n % 12).put("memoryBytes", (8L + n * 5 % 55) << 30);
    keys.put("status/hosts/" + hostName(n), host.toString());
  }

  private String event(int n) {
    String job = serviceName(n % 3) + "." + (n % 5 + 1);
    return JSON.createObjectNode()
        .put("time", now.minusSeconds(1200 - n * 29L).toString())
        .put("leader", "control1")
        .put("action", n % 2 == 0 ? "create" : "start")
        .put("job", job)
        .put("host", hostName(n / 2 % hosts))
        .put("outcome", "done")
        .put(
            "reason",
            n % 2 == 0 ? "best fit: 1 job of this service, load 3" : "created, not started yet")
        .toString();
  }

  /** The first job whose container runs on this host goes to another one. */
  String move(int from, int to) {
    for (Map.Entry<String, ObjectNode> service : services.entrySet()) {
      for (var job : service.getValue().path("jobs").properties()) {
        if (job.getValue().path("host").asText().equals(hostName(from))) {
          ((ObjectNode) job.getValue()).put("host", hostName(to));
          keys.put("status/services/" + service.getKey(), service.getValue().toString());
          return job.getKey();
        }
      }
    }
    throw new IllegalStateException("no job is on " + hostName(from));
  }
}
