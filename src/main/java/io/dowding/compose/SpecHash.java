package io.dowding.compose;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Content;
import io.dowding.model.Mount;
import io.dowding.model.Port;
import io.dowding.model.RestartPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A hash of the fields that shape a container. Defaults are left out and maps are sorted, so a
 * service written differently with the same meaning has the same hash, and a field that a later
 * release adds does not change the hash of services that do not use it.
 */
public final class SpecHash {

  /** The prefix of every hash. A changed rule gets a new number; old labels keep the old rule. */
  public static final String VERSION = "1";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private SpecHash() {}

  public static String of(ContainerSpec spec) {
    try {
      byte[] canonical = JSON.writeValueAsString(fields(spec)).getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical);
      return VERSION + "-" + HexFormat.of().formatHex(digest, 0, 12);
    } catch (JsonProcessingException | NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static SortedMap<String, Object> fields(ContainerSpec spec) {
    SortedMap<String, Object> fields = new TreeMap<>();
    put(fields, "image", spec.image());
    // An empty list differs from none: it clears the image's value.
    put(fields, "command", spec.command());
    put(fields, "entrypoint", spec.entrypoint());
    putAll(fields, "environment", spec.environment());
    putAll(fields, "labels", spec.labels());
    putAll(fields, "ports", spec.ports().stream().sorted().map(SpecHash::port).toList());
    putAll(fields, "volumes", spec.mounts().stream().map(SpecHash::mount).sorted().toList());
    if (!spec.restart().equals(RestartPolicy.DEFAULT)) {
      put(fields, "restart", restart(spec.restart()));
    }
    if (!spec.stopGracePeriod().equals(ContainerSpec.DEFAULT_STOP_GRACE)) {
      put(fields, "stop_grace_period", spec.stopGracePeriod().toString());
    }
    put(fields, "stop_signal", spec.stopSignal());
    put(fields, "user", spec.user());
    put(fields, "working_dir", spec.workingDir());
    put(fields, "hostname", spec.hostname());
    put(fields, "network_mode", spec.networkMode());
    put(fields, "container_name", spec.containerName());
    putLimit(fields, "cpus", spec.limits().nanoCpus());
    putLimit(fields, "memory", spec.limits().memoryBytes());
    putLimit(fields, "pids", spec.limits().pids());
    spec.engine().forEach((path, value) -> put(fields, "engine." + path, value));
    putAll(fields, "files", spec.files().stream().map(SpecHash::file).sorted().toList());
    return fields;
  }

  private static String restart(RestartPolicy policy) {
    return policy.kind().word()
        + ":"
        + policy.maxRetries()
        + (policy.delay().isZero() ? "" : ":delay=" + policy.delay())
        + (policy.window().equals(RestartPolicy.DEFAULT_WINDOW)
            ? ""
            : ":window=" + policy.window());
  }

  private static String port(Port port) {
    String published = port.among().isEmpty() ? "" + port.published() : port.among();
    return port.hostIp() + ":" + published + ":" + port.target() + "/" + port.protocol();
  }

  private static String mount(Mount mount) {
    return mount.type().name().toLowerCase(Locale.ROOT)
        + ":"
        + mount.source()
        + ":"
        + mount.target()
        + (mount.readOnly() ? ":ro" : "")
        + (mount.options().isEmpty() ? "" : ":" + mount.options());
  }

  /** The text of an earlier record. The record may grow, but this text must not. */
  private static String file(ContainerFile file) {
    Content content = file.content();
    return "ContainerFile[key="
        + file.key()
        + ", inline="
        + file.inline()
        + ", target="
        + file.target()
        + ", uid="
        + file.uid()
        + ", gid="
        + file.gid()
        + ", mode="
        + file.mode()
        + ", content="
        + (content == null ? "null" : "content " + content.hash())
        + "]";
  }

  private static void putLimit(Map<String, Object> fields, String name, long limit) {
    if (limit != 0) {
      fields.put("limits." + name, limit);
    }
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static void putAll(Map<String, Object> fields, String name, Object values) {
    boolean empty =
        values instanceof Map<?, ?> map ? map.isEmpty() : ((Collection<?>) values).isEmpty();
    if (!empty) {
      fields.put(name, values);
    }
  }
}
