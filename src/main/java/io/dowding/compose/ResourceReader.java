package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The resources that a container may use of its host, beyond plain limits, in the engine's format.
 */
final class ResourceReader {

  private static final String HOST = "HostConfig.";
  private static final int MOST_SWAPPINESS = 100;
  private static final int MOST_OOM_SCORE = 1000;
  private static final int LEAST_WEIGHT = 10;
  private static final int MOST_WEIGHT = 1000;

  private final Fields fields;
  private final Map<String, Object> engine;

  private ResourceReader(Fields fields, Map<String, Object> engine) {
    this.fields = fields;
    this.engine = engine;
  }

  static void read(Fields fields, Map<String, Object> engine) {
    ResourceReader reader = new ResourceReader(fields, engine);
    reader.cpu();
    reader.memory();
    reader.blkio();
    reader.ulimits();
    reader.devices();
  }

  private void cpu() {
    put(HOST + "CpuShares", unlessZero(fields, "cpu_shares", 2, 262_144));
    put(HOST + "CpuPeriod", micros("cpu_period"));
    put(HOST + "CpuQuota", micros("cpu_quota"));
    put(HOST + "CpuRealtimePeriod", micros("cpu_rt_period"));
    put(HOST + "CpuRealtimeRuntime", micros("cpu_rt_runtime"));
    put(
        HOST + "CpusetCpus",
        fields.word("cpuset", "CPUs such as 0-2,4", t -> t.matches("[0-9,-]+") ? t : null));
  }

  /** A duration, or a plain number of microseconds. */
  private @Nullable Long micros(String field) {
    return fields.text(
        field,
        "a duration such as 50ms, or microseconds",
        text -> {
          if (text.matches("\\d{1,12}")) {
            return Long.valueOf(text);
          }
          Duration duration = Texts.duration(text);
          return duration == null ? null : Long.valueOf(duration.toNanos() / 1000);
        });
  }

  private void memory() {
    Long reserved = fields.bytes("mem_reservation");
    Fields reservations = fields.object("deploy").object("resources").object("reservations");
    Long reservedToo = reservations.bytes("memory");
    if (reserved != null && reservedToo != null && !reserved.equals(reservedToo)) {
      fields.problem("mem_reservation", "differs from deploy.resources; remove one");
    }
    put(HOST + "MemoryReservation", reserved == null ? reservedToo : reserved);
    Long swap =
        fields.text(
            "memswap_limit",
            "a size such as 1g, or -1",
            text -> text.equals("-1") ? Long.valueOf(-1) : Texts.bytes(text));
    put(HOST + "MemorySwap", swap);
    number("mem_swappiness", HOST + "MemorySwappiness", 0, MOST_SWAPPINESS);
    Long shared = fields.bytes("shm_size");
    put(HOST + "ShmSize", shared == null || shared == 0 ? null : shared);
    number("oom_score_adj", HOST + "OomScoreAdj", -MOST_OOM_SCORE, MOST_OOM_SCORE);
    if (fields.flag("oom_kill_disable")) {
      put(HOST + "OomKillDisable", true);
    }
  }

  private void blkio() {
    Fields blkio = fields.object("blkio_config");
    put(HOST + "BlkioWeight", unlessZero(blkio, "weight", LEAST_WEIGHT, MOST_WEIGHT));
    List<Object> weights = new ArrayList<>();
    int index = 0;
    for (JsonNode item : blkio.items("weight_device")) {
      Fields device = inside(blkio, "weight_device", index++, item);
      String path = device.text("path");
      long weight = device.number("weight", LEAST_WEIGHT, LEAST_WEIGHT, MOST_WEIGHT);
      device.refuseOthers();
      weights.add(new TreeMap<>(Map.of("Path", path == null ? "" : path, "Weight", weight)));
    }
    put(HOST + "BlkioWeightDevice", weights);
    rates(blkio, "device_read_bps", HOST + "BlkioDeviceReadBps");
    rates(blkio, "device_write_bps", HOST + "BlkioDeviceWriteBps");
    rates(blkio, "device_read_iops", HOST + "BlkioDeviceReadIOps");
    rates(blkio, "device_write_iops", HOST + "BlkioDeviceWriteIOps");
    blkio.refuseOthers();
  }

  private void rates(Fields blkio, String field, String path) {
    List<Object> rates = new ArrayList<>();
    int index = 0;
    for (JsonNode item : blkio.items(field)) {
      Fields device = inside(blkio, field, index++, item);
      // The output of docker compose config has capitals here.
      boolean isPrinted = item.has("Path");
      String of =
          device.text(
              isPrinted ? "Path" : "path",
              "a device's path",
              text -> text.startsWith("/") ? text : null);
      Long rate = device.bytes(isPrinted ? "Rate" : "rate");
      device.refuseOthers();
      if (of == null || rate == null) {
        device.problem("rate", "needs path and rate");
      } else {
        rates.add(new TreeMap<>(Map.of("Path", of, "Rate", rate)));
      }
    }
    put(path, rates);
  }

  private static Fields inside(Fields parent, String field, int index, JsonNode item) {
    return new Fields(parent.path(field) + "[" + index + "]", item, parent.problems());
  }

  private void ulimits() {
    JsonNode written = fields.get("ulimits");
    if (written == null) {
      return;
    }
    Fields ulimits = fields.object("ulimits");
    List<Object> all = new ArrayList<>();
    Map<String, JsonNode> sorted = new TreeMap<>();
    written.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    sorted.forEach(
        (name, value) -> {
          Fields of = value.isObject() ? ulimits.object(name) : ulimits;
          long soft = of.number(value.isObject() ? "soft" : name, 0, -1, Long.MAX_VALUE);
          long hard = value.isObject() ? of.number("hard", soft, -1, Long.MAX_VALUE) : soft;
          if (value.isObject()) {
            of.refuseOthers();
          }
          Map<String, Object> limit = new TreeMap<>();
          limit.put("Name", name);
          limit.put("Soft", soft);
          limit.put("Hard", hard);
          all.add(limit);
        });
    put(HOST + "Ulimits", all);
  }

  /** {@code gpus} and {@code deploy.resources.reservations.devices} mean the same. */
  private void devices() {
    Fields reservations = fields.object("deploy").object("resources").object("reservations");
    List<Object> requests = new ArrayList<>();
    int index = 0;
    for (JsonNode item : reservations.items("devices")) {
      requests.add(request(inside(reservations, "devices", index++, item), false));
    }
    // Read by the placement.
    reservations.get("cpus");
    reservations.get("memory");
    reservations.get("generic_resources");
    reservations.refuseOthers();
    JsonNode gpus = fields.get("gpus");
    if (gpus != null && gpus.isTextual() && gpus.asText().equals("all")) {
      requests.add(request(-1, "", List.of(), List.of("gpu"), Map.of()));
    } else {
      index = 0;
      for (JsonNode item : fields.items("gpus")) {
        requests.add(request(inside(fields, "gpus", index++, item), true));
      }
    }
    List<String> named = new ArrayList<>();
    for (JsonNode item : fields.items("devices")) {
      if (isNamed(item)) {
        named.add(item.isObject() ? item.path("source").asText() : item.asText());
      }
    }
    if (!named.isEmpty()) {
      Map<String, Object> request = new TreeMap<>();
      request.put("Driver", "cdi");
      request.put("DeviceIDs", named);
      requests.add(request);
    }
    put(HOST + "DeviceRequests", requests);
  }

  /** How many devices of each kind; a device's kind is the first of its capabilities. */
  static SortedMap<String, Long> reservedDevices(Fields service, Fields reservations) {
    SortedMap<String, Long> kinds = new TreeMap<>();
    for (JsonNode item : reservations.items("devices")) {
      String kind = item.path("capabilities").path(0).asText("");
      if (!kind.isEmpty()) {
        kinds.merge(kind, count(item), Long::sum);
      }
    }
    JsonNode gpus = service.get("gpus");
    if (gpus != null && gpus.isTextual()) {
      kinds.merge("gpu", 1L, Long::sum);
    } else {
      service.items("gpus").forEach(item -> kinds.merge("gpu", count(item), Long::sum));
    }
    int index = 0;
    for (JsonNode item : reservations.items("generic_resources")) {
      Fields one = inside(reservations, "generic_resources", index++, item);
      Fields spec = one.object("discrete_resource_spec");
      String kind = spec.text("kind");
      long value = spec.number("value", 0, 1, Integer.MAX_VALUE);
      spec.refuseOthers();
      one.refuseOthers();
      if (kind == null || value == 0) {
        one.problem("discrete_resource_spec", "needs kind and value");
      } else {
        kinds.merge(kind, value, Long::sum);
      }
    }
    return kinds;
  }

  /** If all are requested, at least one must exist. */
  private static long count(JsonNode device) {
    int named = device.path("device_ids").size();
    return named > 0 ? named : Math.max(1, device.path("count").asLong(1));
  }

  /** Whether a device is named in CDI form: vendor.com/class=name. */
  static boolean isNamed(JsonNode device) {
    String name = device.isObject() ? device.path("source").asText() : device.asText();
    return name.matches("[a-zA-Z][a-zA-Z0-9_.-]*/[a-zA-Z0-9_.-]+=[a-zA-Z0-9_.:-]+");
  }

  private static Object request(Fields device, boolean gpu) {
    String driver = device.text("driver");
    List<String> ids = device.list("device_ids");
    List<String> capabilities = new ArrayList<>(device.list("capabilities"));
    Map<String, String> options = device.map("options", "has no value");
    String count = device.text("count");
    device.refuseOthers();
    if (gpu && !capabilities.contains("gpu")) {
      capabilities.add("gpu");
    }
    if (capabilities.isEmpty()) {
      device.problem("capabilities", "is missing: write what the device is for, such as [gpu]");
    }
    if (count != null && !ids.isEmpty()) {
      device.problem("count", "and device_ids exclude each other");
    }
    // How docker compose config prints "all".
    boolean all = count == null ? ids.isEmpty() : count.equals("all") || count.equals("-1");
    long number = all ? -1 : count != null && count.matches("\\d{1,6}") ? Long.parseLong(count) : 0;
    return request(number, driver == null ? "" : driver, ids, capabilities, options);
  }

  private static Object request(
      long count,
      String driver,
      List<String> ids,
      List<String> capabilities,
      Map<String, String> options) {
    Map<String, Object> request = new TreeMap<>();
    request.put("Driver", driver);
    request.put("Count", count);
    if (!ids.isEmpty()) {
      request.put("DeviceIDs", ids);
    }
    request.put("Capabilities", List.of(capabilities));
    if (!options.isEmpty()) {
      request.put("Options", options);
    }
    return request;
  }

  private void number(String field, String path, long least, long most) {
    if (fields.get(field) != null) {
      put(path, fields.number(field, 0, least, most));
    }
  }

  /** Zero is no value, as in Compose. */
  private static @Nullable Long unlessZero(Fields fields, String field, long least, long most) {
    String text = fields.text(field);
    return text == null || text.equals("0")
        ? null
        : Long.valueOf(fields.number(field, 0, least, most));
  }

  private void put(String path, @Nullable Object value) {
    if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
      engine.put(path, value);
    }
  }
}
