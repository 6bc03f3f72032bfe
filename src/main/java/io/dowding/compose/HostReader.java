package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Resources;
import io.dowding.model.SshEndpoint;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads a host of the inventory: {@code docker}, {@code tags}, and anything else as metadata. */
public final class HostReader {

  private static final int DEFAULT_PORT = 2375;

  private HostReader() {}

  /**
   * @param hostname its name, from its key or its {@code hostname} field
   * @throws IllegalArgumentException naming the field and what to do
   */
  public static Host read(String hostname, JsonNode node) {
    checkName(hostname);
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          hostname
              + ": "
              + Fields.show(node)
              + " is not such as {\"docker\": \"ssh://user@10.0.0.1\"}");
    }
    Set<String> tags = new TreeSet<>();
    Resources reserve = null;
    Map<String, String> meta = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      switch (field.getKey()) {
        case "hostname", "docker" -> {}
        case Host.INSECURE -> {
          if (!field.getValue().isBoolean()) {
            throw new IllegalArgumentException(hostname + ".insecure: is not true or false");
          }
          meta.put(Host.INSECURE, field.getValue().asText());
        }
        case Host.ADDRESS -> meta.put(Host.ADDRESS, address(hostname, field.getValue()));
        case Host.CERTIFICATES ->
            meta.put(Host.CERTIFICATES, certificates(hostname, node, field.getValue()));
        case "reserve" -> reserve = reserve(hostname + ".reserve", field.getValue());
        case "tags" -> tags(hostname, field.getValue(), tags);
        default -> {
          if (field.getValue().isContainerNode()) {
            throw new IllegalArgumentException(
                hostname + "." + field.getKey() + ": meta data is text, not a list or an object");
          }
          meta.put(field.getKey(), field.getValue().asText());
        }
      }
    }
    return new Host(
        hostname, endpoint(hostname, node.path("docker").asText("")), tags, meta, reserve);
  }

  private static String address(String hostname, JsonNode value) {
    String address = value.asText();
    if (!address.matches("[A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9a-fA-F:]+]")) {
      throw new IllegalArgumentException(
          hostname
              + ".address: "
              + Fields.show(value)
              + " is not such as 10.0.0.1, [fd00::1] or a DNS name");
    }
    return address;
  }

  private static String certificates(String hostname, JsonNode host, JsonNode value) {
    String directory = value.asText();
    if (!directory.startsWith("/")) {
      throw new IllegalArgumentException(
          hostname
              + ".certificates: "
              + Fields.show(value)
              + " is not the path of a directory such as /etc/dowding/tls/client");
    }
    String docker = host.path("docker").asText("").strip();
    if (docker.contains("://") && !docker.startsWith("tcp://")) {
      throw new IllegalArgumentException(
          hostname + ".certificates: are only for tcp://, and its docker is " + docker);
    }
    return directory;
  }

  /**
   * What to keep free on a host: {@code cpus} and {@code memory}.
   *
   * @param path of the value, for messages
   * @throws IllegalArgumentException naming the field and what is wrong
   */
  public static Resources reserve(String path, JsonNode value) {
    Problems problems = new Problems();
    Fields fields = new Fields(path, value, problems);
    Long cpus = fields.text("cpus", "a number of CPUs such as 0.5", Texts::nanoCpus);
    Long memory = fields.bytes("memory");
    fields.refuseOthers();
    if (!value.isObject()) {
      throw new IllegalArgumentException(path + ": is not such as {cpus: 0.5, memory: 1g}");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems.list()));
    }
    return new Resources(cpus == null ? 0 : cpus, memory == null ? 0 : memory);
  }

  /**
   * @throws IllegalArgumentException if its hostname is not valid
   */
  public static Host check(Host host) {
    checkName(host.hostname());
    return host;
  }

  private static void checkName(String hostname) {
    if (!Names.isHostname(hostname)) {
      throw new IllegalArgumentException(
          "hostname: \"" + hostname + "\" is not a DNS name in lower case");
    }
  }

  private static void tags(String hostname, JsonNode value, Set<String> tags) {
    if (value.isArray()) {
      value.forEach(tag -> tags.add(tag.asText()));
    } else if (value.isTextual()) {
      for (String tag : value.asText().split(",", -1)) {
        if (!tag.isBlank()) {
          tags.add(tag.strip());
        }
      }
    } else if (!value.isNull()) {
      throw new IllegalArgumentException(hostname + ".tags: is neither a text nor a list");
    }
  }

  /**
   * Completes a Docker endpoint that may lack scheme or port.
   *
   * @throws IllegalArgumentException if it is not valid
   */
  public static String endpoint(String hostname, String docker) {
    String text = docker.strip();
    if (SshEndpoint.isOne(text)) {
      if (SshEndpoint.of(text) == null) {
        throw new IllegalArgumentException(
            hostname
                + ".docker: \""
                + text
                + "\" is not such as ssh://user@10.0.0.1 or ssh://user@host:2222; a path, a password or"
                + " a key does not belong there");
      }
      return text;
    }
    if (text.startsWith("unix:///")) {
      return text;
    }
    String address = text.startsWith("tcp://") ? text.substring("tcp://".length()) : text;
    if (address.matches("[A-Za-z0-9._-]+")) {
      return "tcp://" + address + ":" + DEFAULT_PORT;
    }
    if (address.matches("([A-Za-z0-9._-]+|\\[[0-9a-fA-F:]+]):\\d{1,5}")) {
      return "tcp://" + address;
    }
    throw new IllegalArgumentException(
        hostname
            + ".docker: \""
            + text
            + "\" is not an address such as ssh://user@10.0.0.1, tcp://10.0.0.1:2375, 10.0.0.1:2375 or"
            + " unix:///var/run/docker.sock");
  }
}
