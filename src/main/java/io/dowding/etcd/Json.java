package io.dowding.etcd;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.Versions;
import io.dowding.keys.Versions.Definition;
import io.dowding.model.Allocation;
import io.dowding.model.ContainerFile;
import io.dowding.model.Content;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Printable;
import io.dowding.model.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes the values that the agent publishes. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new InstantReader()))
          .build();

  private static final int LONGEST_REASON = 1000;

  private Json() {}

  /** Reads ISO 8601; anything else counts as missing. */
  private static final class InstantReader extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public @Nullable Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      try {
        return Instant.parse(parser.getValueAsString(""));
      } catch (DateTimeException unreadable) {
        return null;
      }
    }
  }

  static String write(Object value) {
    try {
      // Definitions stay as written; the rest is formatted to be read with etcdctl in a terminal.
      return value instanceof Versions versions
          ? text(versions)
          : Printable.json(MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Definitions are kept as written. One that is both valid and good is stored once. */
  private static String text(Versions versions) throws JsonProcessingException {
    Definition valid = versions.valid();
    StringBuilder text = new StringBuilder("{\"generation\":");
    text.append(valid.service().generation());
    definition(text.append(",\"valid\":"), valid);
    Definition good = versions.good();
    if (good != null) {
      text.append(",\"good\":{\"generation\":").append(good.service().generation());
      if (!isSame(good, valid)) {
        definition(text.append(",\"definition\":"), good);
      }
      text.append('}');
    }
    if (versions.failed() != null) {
      text.append(",\"failed\":").append(MAPPER.writeValueAsString(versions.failed()));
    }
    if (!versions.earlier().isEmpty()) {
      text.append(",\"earlier\":").append(earlier(versions.earlier()));
    }
    if (!versions.bad().isEmpty()) {
      text.append(",\"bad\":").append(MAPPER.writeValueAsString(versions.bad()));
    }
    if (!versions.replaced().isEmpty()) {
      text.append(",\"replaced\":").append(MAPPER.writeValueAsString(versions.replaced()));
    }
    return text.append('}').toString();
  }

  private static String earlier(List<Versions.Earlier> kept) throws JsonProcessingException {
    StringBuilder text = new StringBuilder("[");
    for (Versions.Earlier one : kept) {
      text.append(text.length() == 1 ? "" : ",")
          .append("{\"generation\":")
          .append(one.generation())
          .append(",\"definition\":")
          .append(one.json())
          .append(",\"digest\":")
          .append(MAPPER.writeValueAsString(one.digest()))
          .append('}');
    }
    return text.append(']').toString();
  }

  private static List<Versions.Earlier> earlier(JsonNode kept) {
    List<Versions.Earlier> earlier = new ArrayList<>();
    for (JsonNode one : kept) {
      if (one.path("definition").isObject()) {
        earlier.add(
            new Versions.Earlier(
                one.path("generation").asLong(),
                one.path("definition").toString(),
                one.path("digest").asText()));
      }
    }
    return List.copyOf(earlier);
  }

  private static boolean isSame(Definition good, Definition valid) {
    return good.service().generation() == valid.service().generation()
        && good.spec().equals(valid.spec());
  }

  /** The definition, followed by what other keys added to it. */
  private static void definition(StringBuilder text, Definition definition)
      throws JsonProcessingException {
    SortedMap<String, byte[]> contents = new TreeMap<>();
    for (ContainerFile file : definition.service().container().files()) {
      if (!file.inline() && file.content() != null) {
        contents.put(file.key(), file.content().bytes());
      }
    }
    text.append(definition.json());
    if (!definition.digest().isEmpty()) {
      text.append(",\"digest\":\"").append(definition.digest()).append('"');
    }
    if (definition.moved()) {
      text.append(",\"moved\":true");
    }
    if (!contents.isEmpty()) {
      text.append(",\"contents\":").append(MAPPER.writeValueAsString(contents));
    }
  }

  private static Map<String, Content> contents(JsonNode node) {
    Map<String, Content> contents = new HashMap<>();
    node.properties()
        .forEach(
            entry -> {
              try {
                contents.put(entry.getKey(), Content.of(entry.getValue().binaryValue()));
              } catch (IOException | RuntimeException notBase64) {
                // Then it is missing, and this version is ignored.
              }
            });
    return contents;
  }

  /** Empty if it cannot be read, for example because another release wrote it. */
  static Optional<Versions> versions(String name, byte[] json) {
    JsonNode node = tree(json).orElse(MissingNode.getInstance());
    Definition valid = definition(name, node, "valid");
    if (valid == null) {
      return Optional.empty();
    }
    JsonNode kept = node.path("good");
    Definition good =
        kept.isObject() && !kept.has("definition") ? valid : definition(name, kept, "definition");
    JsonNode failed = node.path("failed");
    Versions.Failure failure =
        failed.isObject()
            ? new Versions.Failure(
                failed.path("generation").asLong(),
                failed.path("spec").asText(),
                failed.path("why").asText())
            : null;
    List<String> bad = new ArrayList<>();
    node.path("bad").forEach(digest -> bad.add(digest.asText()));
    List<Versions.Replaced> replaced = new ArrayList<>();
    for (JsonNode one : node.path("replaced")) {
      replaced.add(
          new Versions.Replaced(
              one.path("spec").asText(),
              one.path("digest").asText(),
              one.path("moved").asBoolean()));
    }
    return Optional.of(
        new Versions(valid, good, failure, earlier(node.path("earlier")), bad, replaced));
  }

  private static @Nullable Definition definition(String name, JsonNode node, String field) {
    String text = node.path(field).toString();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      Service service =
          ServiceReader.read(name, node.path("generation").asLong(), bytes)
              .withContents(contents(node.path("contents")));
      return service.missingContents().isEmpty()
          ? new Definition(
              service, text, node.path("digest").asText(), node.path("moved").asBoolean())
          : null;
    } catch (InvalidServiceException notUnderstood) {
      return null;
    }
  }

  static String text(Allocation record) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("host", record.host());
    node.put("service", record.service());
    node.put("spec", record.specHash());
    node.put("generation", record.generation());
    node.put("incarnation", record.incarnation());
    if (record.replaces() != 0) {
      node.put("replaces", record.replaces());
    }
    node.put("since", record.since().toString());
    node.put("reason", Printable.of(record.reason(), LONGEST_REASON));
    return node.toString();
  }

  static String cluster(String uuid, long floor) {
    return MAPPER
        .createObjectNode()
        .put("uuid", uuid)
        .put("schema", 1)
        .put("floor", floor)
        .toString();
  }

  static String candidate(String name, Instant since) {
    return MAPPER
        .createObjectNode()
        .put("name", name)
        .put("since", since.truncatedTo(ChronoUnit.SECONDS).toString())
        .toString();
  }

  static boolean isCandidate(byte[] json) {
    return tree(json).map(node -> node.path("name").isTextual()).orElse(false);
  }

  /**
   * @throws IOException if it is not an allocation, with the reason
   */
  static Allocation allocation(String job, byte[] json, long revision) throws IOException {
    JsonNode node = parse(json);
    for (String field : new String[] {"host", "service", "spec", "since"}) {
      if (!node.path(field).isTextual()) {
        throw new IOException(field + ": is missing");
      }
    }
    JsonNode incarnation = node.path("incarnation");
    // It is 0 in a library's record, because no container is named after it.
    if (!incarnation.canConvertToLong()
        || !(incarnation.asLong() == 0 || Ownership.isIncarnation(incarnation.asLong()))) {
      throw new IOException("incarnation: is missing, or not a number from 0 to " + Ownership.MOST);
    }
    if (!Names.isHostname(node.path("host").asText())) {
      throw new IOException("host: is not a hostname in lower case");
    }
    String service = node.path("service").asText();
    if (!service.isEmpty() && !service.equals(Names.serviceOf(job))) {
      throw new IOException("service: does not match the job");
    }
    try {
      return new Allocation(
          job,
          node.path("host").asText(),
          node.path("service").asText(),
          node.path("spec").asText(),
          node.path("generation").asLong(),
          node.path("incarnation").asLong(),
          node.path("replaces").asLong(),
          Instant.parse(node.path("since").asText()),
          node.path("reason").asText(),
          revision);
    } catch (DateTimeException bad) {
      throw new IOException("since: is not a time such as 2026-01-01T00:00:00Z", bad);
    }
  }

  /** Empty if a required part of the status is missing. */
  static Optional<ServiceStatus> status(byte[] json) {
    return read(json, ServiceStatus.class)
        .filter(status -> status.state() != null && status.jobs() != null)
        .filter(status -> status.jobs().values().stream().allMatch(Json::isWhole));
  }

  private static boolean isWhole(ServiceStatus.@Nullable JobStatus job) {
    return job != null && (job.restarts() == null || job.restarts() >= 0);
  }

  /** Empty if it cannot be read; it is then written again when due. */
  static <T> Optional<T> read(byte[] json, Class<T> type) {
    try {
      return Optional.ofNullable(MAPPER.readValue(json, type));
    } catch (IOException | RuntimeException | StackOverflowError unreadable) {
      return Optional.empty();
    }
  }

  /**
   * @throws IOException if it is not JSON
   */
  static JsonNode parse(byte[] json) throws IOException {
    return MAPPER.readTree(json);
  }

  static Optional<JsonNode> tree(byte[] json) {
    return read(json, JsonNode.class);
  }
}
