package io.dowding.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** A container of a simulated engine. Its description is as long as that of a real one. */
final class SimulatedContainer {

  static final ObjectMapper JSON = new ObjectMapper();
  static final String IMAGE_ID =
      "sha256:8789b7cc140d0be2810788caefb04ef8e62b0d1559fd9c56fa2ac00906c28696";
  private static final String NEVER = "0001-01-01T00:00:00Z";

  /**
   * What a real engine said about a container, in pieces; every second one is the number of a
   * value.
   */
  private static final List<String> PIECES = pieces();

  final String id;
  final String name;
  private final String image;
  private final String labels;
  private final String mode;
  private final String signal;
  private final int grace;
  private volatile String restart;
  private volatile String status = "created";
  private volatile int exit;
  private volatile String started = NEVER;
  private volatile String finished = NEVER;

  SimulatedContainer(String id, String name, JsonNode asked) {
    JsonNode host = asked.path("HostConfig");
    this.id = id;
    this.name = name;
    this.image = asked.path("Image").asText();
    this.labels = asked.path("Labels").isObject() ? asked.path("Labels").toString() : "{}";
    this.mode = host.path("NetworkMode").asText("default");
    this.restart = host.path("RestartPolicy").path("Name").asText("no");
    this.signal = asked.path("StopSignal").asText("TERM");
    this.grace = asked.path("StopTimeout").asInt(10);
  }

  static JsonNode recorded(String file) {
    try (InputStream in =
        Objects.requireNonNull(SimulatedContainer.class.getResourceAsStream("/recorded/" + file))) {
      return JSON.readTree(in);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static List<String> pieces() {
    ObjectNode all = (ObjectNode) recorded("container.json");
    ObjectNode state = (ObjectNode) all.get("State");
    ObjectNode config = (ObjectNode) all.get("Config");
    ObjectNode host = (ObjectNode) all.get("HostConfig");
    ObjectNode network = (ObjectNode) all.get("NetworkSettings");
    state.remove("Health");
    config.remove("Healthcheck");
    all.put("Id", "@0@");
    all.put("Name", "@1@");
    state.put("Status", "@2@").put("ExitCode", "@3@");
    state.put("StartedAt", "@4@").put("FinishedAt", "@5@");
    host.put("NetworkMode", "@6@");
    host.putObject("RestartPolicy").put("Name", "@7@").put("MaximumRetryCount", 0);
    config.put("Image", "@8@").put("Labels", "@9@");
    config.put("StopSignal", "@10@").put("StopTimeout", "@11@");
    JsonNode attached = network.get("Networks").iterator().next();
    network.putObject("Networks").set("@12@", attached);
    network.putObject("Ports");
    // Numbers and objects stand without quotation marks.
    String text = all.toString();
    for (int bare : new int[] {3, 9, 11}) {
      text = text.replace("\"@" + bare + "@\"", "@" + bare + "@");
    }
    return List.of(text.split("@", -1));
  }

  String inspection() {
    String[] values = {
      id,
      "/" + name,
      status,
      Integer.toString(exit),
      started,
      finished,
      mode,
      restart,
      image,
      labels,
      signal,
      Integer.toString(grace),
      mode.equals("default") ? "bridge" : mode,
    };
    StringBuilder json = new StringBuilder(6000);
    for (int n = 0; n < PIECES.size(); n++) {
      json.append(n % 2 == 0 ? PIECES.get(n) : values[Integer.parseInt(PIECES.get(n))]);
    }
    return json.toString();
  }

  String listed() {
    return "{\"Id\":\""
        + id
        + "\",\"Names\":[\"/"
        + name
        + "\"],\"Image\":\""
        + image
        + "\",\"ImageID\":\""
        + IMAGE_ID
        + "\",\"Command\":\"serve\",\"Created\":1764098190,\"Ports\":[],\"Labels\":"
        + labels
        + ",\"State\":\""
        + status
        + "\",\"Status\":\"Up 3 seconds\",\"HostConfig\":{\"NetworkMode\":\"default\"},"
        + "\"NetworkSettings\":{\"Networks\":{\""
        + (mode.equals("default") ? "bridge" : mode)
        + "\":{}}},\"Mounts\":[]}";
  }

  boolean isRunning() {
    return status.equals("running");
  }

  synchronized boolean start() {
    if (isRunning()) {
      return false;
    }
    started = Instant.now().toString();
    finished = NEVER;
    exit = 0;
    status = "running";
    return true;
  }

  synchronized boolean end(int code) {
    if (!isRunning()) {
      return false;
    }
    finished = Instant.now().toString();
    exit = code;
    status = "exited";
    return true;
  }

  void restart(String policy) {
    restart = policy;
  }
}
