package io.dowding.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The part of a Docker Engine that dowding uses, for containers without ports and volumes. Every
 * image is there. Thread-safe.
 */
final class SimulatedEngine {

  private static final String PLUGINS = SimulatedContainer.recorded("plugins.json").toString();
  private static final String VERSION = SimulatedContainer.recorded("version.json").toString();
  private static final ObjectNode INFO = (ObjectNode) SimulatedContainer.recorded("info.json");
  private static final ObjectNode IMAGE = (ObjectNode) SimulatedContainer.recorded("image.json");
  private static final String STREAM =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final String address;
  private final Duration start;
  private final Tally tally;
  private final Map<String, SimulatedContainer> byId = new ConcurrentSkipListMap<>();
  private final Map<String, SimulatedContainer> byName = new ConcurrentHashMap<>();
  private final Map<String, String> networks = new ConcurrentHashMap<>();
  private final Set<Socket> listeners = ConcurrentHashMap.newKeySet();
  private volatile boolean dead;

  SimulatedEngine(String address, Duration start, Tally tally) {
    this.address = address;
    this.start = start;
    this.tally = tally;
  }

  boolean isDead() {
    return dead;
  }

  void die() throws IOException {
    dead = true;
    tally.add(Tally.RUNNING, -byId.values().stream().filter(SimulatedContainer::isRunning).count());
    for (Socket listener : listeners) {
      listener.close();
    }
  }

  /** Writes events to a connection until the client closes it. */
  void listen(Socket socket, InputStream in) throws IOException {
    tally.add("events", 1);
    listeners.add(socket);
    try {
      synchronized (socket) {
        socket.getOutputStream().write(STREAM.getBytes(StandardCharsets.ISO_8859_1));
      }
      in.transferTo(OutputStream.nullOutputStream());
    } finally {
      listeners.remove(socket);
    }
  }

  private void tell(String action, SimulatedContainer about) {
    Instant now = Instant.now();
    String event =
        "{\"status\":\"%s\",\"id\":\"%s\",\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":{\"ID\":\"%s\",\"Attributes\":{\"name\":\"%s\"}},\"scope\":\"local\",\"time\":%d,\"timeNano\":%d}\n"
            .formatted(
                action,
                about.id,
                action,
                about.id,
                about.name,
                now.getEpochSecond(),
                now.getEpochSecond() * 1_000_000_000 + now.getNano());
    byte[] chunk =
        (Integer.toHexString(event.length()) + "\r\n" + event + "\r\n")
            .getBytes(StandardCharsets.UTF_8);
    listeners.removeIf(listener -> !isWritten(listener, chunk));
  }

  private static boolean isWritten(Socket listener, byte[] chunk) {
    try {
      synchronized (listener) {
        listener.getOutputStream().write(chunk);
      }
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  SimulatedAnswer answer(SimulatedRequest asked) throws IOException, InterruptedException {
    String first = asked.part(0);
    return switch (first) {
      case "_ping" -> counted("ping", new SimulatedAnswer(200, "text/plain", "OK"));
      case "version" -> counted("version", SimulatedAnswer.json(200, VERSION));
      case "info" -> counted("info", SimulatedAnswer.json(200, info()));
      case "plugins" -> counted("plugins", SimulatedAnswer.json(200, PLUGINS));
      case "volumes" -> volumes(asked);
      case "images" -> image(asked);
      case "networks" -> network(asked);
      case "containers" -> containers(asked);
      default -> SimulatedAnswer.refusal(404, "page not found");
    };
  }

  private SimulatedAnswer counted(String what, SimulatedAnswer answer) {
    tally.add(what, 1);
    return answer;
  }

  private String info() {
    return INFO.deepCopy()
        .put("ID", address)
        .put("NCPU", 64)
        .put("MemTotal", 256L << 30)
        .put("SystemTime", Instant.now().toString())
        .toString();
  }

  private SimulatedAnswer volumes(SimulatedRequest asked) {
    return asked.part(1).isEmpty()
        ? counted("volumes", SimulatedAnswer.json(200, "{\"Volumes\":[],\"Warnings\":null}"))
        : counted("volume", SimulatedAnswer.refusal(404, "no such volume"));
  }

  private SimulatedAnswer image(SimulatedRequest asked) {
    if (asked.is("POST", "images")) {
      return counted("pull", SimulatedAnswer.json(200, "{\"status\":\"Image is up to date\"}\n"));
    }
    return counted("image", SimulatedAnswer.json(200, IMAGE.toString()));
  }

  private SimulatedAnswer network(SimulatedRequest asked) throws IOException {
    tally.add("network", 1);
    String second = asked.part(1);
    if (asked.method().equals("POST") && second.equals("create")) {
      JsonNode body = SimulatedContainer.JSON.readTree(asked.body());
      networks.put(body.path("Name").asText(), body.path("Labels").toString());
      return SimulatedAnswer.json(201, "{\"Id\":\"1\",\"Warning\":\"\"}");
    }
    if (asked.method().equals("DELETE")) {
      networks.remove(second);
      return SimulatedAnswer.nothing();
    }
    if (second.isEmpty()) {
      return SimulatedAnswer.json(
          200,
          networks.entrySet().stream()
              .map(network -> described(network.getKey(), network.getValue()))
              .collect(Collectors.joining(",", "[", "]")));
    }
    String labels = networks.get(second);
    return labels == null
        ? SimulatedAnswer.refusal(404, "network " + second + " not found")
        : SimulatedAnswer.json(200, described(second, labels));
  }

  private static String described(String name, String labels) {
    return "{\"Name\":\"" + name + "\",\"Id\":\"" + name + "\",\"Labels\":" + labels + "}";
  }

  private SimulatedAnswer containers(SimulatedRequest asked)
      throws IOException, InterruptedException {
    String second = asked.part(1);
    if (asked.method().equals("GET") && second.equals("json")) {
      return counted(
          "list",
          SimulatedAnswer.json(
              200,
              byId.values().stream()
                  .map(SimulatedContainer::listed)
                  .collect(Collectors.joining(",", "[", "]"))));
    }
    if (asked.method().equals("POST") && second.equals("create")) {
      return create(asked);
    }
    SimulatedContainer found = byId.getOrDefault(second, byName.get(second));
    if (found == null) {
      return counted("missing", SimulatedAnswer.refusal(404, "No such container: " + second));
    }
    if (asked.method().equals("DELETE")) {
      return remove(found);
    }
    return switch (asked.part(2)) {
      case "json" -> counted("inspect", SimulatedAnswer.json(200, found.inspection()));
      case "start" -> start(found);
      case "kill" -> kill(found);
      case "update" -> {
        JsonNode policy = SimulatedContainer.JSON.readTree(asked.body()).path("RestartPolicy");
        found.restart(policy.path("Name").asText("no"));
        yield counted("update", SimulatedAnswer.json(200, "{\"Warnings\":null}"));
      }
      case "archive" -> counted("copy", SimulatedAnswer.json(200, ""));
      default -> SimulatedAnswer.refusal(404, "page not found");
    };
  }

  private SimulatedAnswer create(SimulatedRequest asked) throws IOException {
    tally.add("create", 1);
    long number = NUMBERS.incrementAndGet();
    String id = "%016x%048x".formatted(number * 0x9E3779B97F4A7C15L, number);
    String name = asked.query("name");
    JsonNode body = SimulatedContainer.JSON.readTree(asked.body());
    SimulatedContainer made = new SimulatedContainer(id, name, body);
    SimulatedContainer other = byName.putIfAbsent(name, made);
    if (other != null) {
      return SimulatedAnswer.refusal(
          409, "Conflict. The container name is already in use by container " + other.id);
    }
    byId.put(id, made);
    tell("create", made);
    return SimulatedAnswer.json(201, "{\"Id\":\"" + id + "\",\"Warnings\":[]}");
  }

  private SimulatedAnswer start(SimulatedContainer found) throws InterruptedException {
    tally.add("start", 1);
    Thread.sleep(start);
    if (!found.start()) {
      return new SimulatedAnswer(304, "", "");
    }
    tally.add(Tally.RUNNING, 1);
    tell("start", found);
    return SimulatedAnswer.nothing();
  }

  private SimulatedAnswer kill(SimulatedContainer found) {
    tally.add("kill", 1);
    if (!found.end(137)) {
      return SimulatedAnswer.refusal(409, "Container is not running");
    }
    tally.add(Tally.RUNNING, -1);
    tell("die", found);
    return SimulatedAnswer.nothing();
  }

  private SimulatedAnswer remove(SimulatedContainer found) {
    tally.add("remove", 1);
    if (found.isRunning()) {
      return SimulatedAnswer.refusal(409, "You cannot remove a running container");
    }
    byId.remove(found.id);
    byName.remove(found.name);
    tell("destroy", found);
    return SimulatedAnswer.nothing();
  }
}
