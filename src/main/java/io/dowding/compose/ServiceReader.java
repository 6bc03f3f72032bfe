package io.dowding.compose;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.ContainerSpec.Limits;
import io.dowding.model.ContainerSpec.PullPolicy;
import io.dowding.model.ContainerSpec.PullPolicy.When;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Printable;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one service element of the Compose Specification, in JSON. Everything is checked first: a
 * service is valid as a whole, or every problem is reported. Thread-safe.
 */
public final class ServiceReader {

  private static final int SHOWN = 300;
  private static final int MOST_DEPTH = 100;
  private static final int MOST_VALUES = 65_536;

  /** Of what is stored in labels, which are kept in memory for each container. */
  private static final int MOST_KEPT = 64 << 10;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final Pattern EVERY =
      Pattern.compile("every_(?=.)(?:(\\d{1,4})w)?(?:(\\d{1,4})d)?(.*)");
  private static final String DNS_NAME = "[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?";
  private static final String CONTAINER_NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]+";
  private static final String SIGNAL = "(SIG)?[A-Z][A-Z0-9+-]{1,9}|[1-9][0-9]?";

  private final Fields fields;
  private final Problems problems = new Problems();

  private ServiceReader(JsonNode node) {
    this.fields = new Fields("", node, problems);
  }

  /**
   * @param name the service's name, from its key
   * @param generation the key's {@code mod_revision}
   * @throws InvalidServiceException with every problem
   */
  public static Service read(String name, long generation, byte[] json)
      throws InvalidServiceException {
    if (json.length > Service.MOST_BYTES) {
      throw new InvalidServiceException(
          List.of(
              "the definition has "
                  + json.length
                  + " bytes, more than the "
                  + Service.MOST_BYTES
                  + " allowed: move what is large into the image or a volume"));
    }
    JsonNode node = parse(json);
    if (values(node, 0) > MOST_VALUES) {
      throw new InvalidServiceException(
          List.of("the definition has more than the " + MOST_VALUES + " values allowed"));
    }
    if (!node.isObject()) {
      throw new InvalidServiceException(
          List.of(Fields.show(node) + " is not a JSON object such as {\"image\": \"nginx\"}"));
    }
    ServiceReader reader = new ServiceReader(node);
    Service service = reader.service(name, generation);
    if (service == null || !reader.problems.isEmpty()) {
      throw new InvalidServiceException(reader.problems.list());
    }
    return service;
  }

  /** Counts values, but no further than needed. */
  private static int values(JsonNode node, int before) {
    int count = before + 1;
    for (JsonNode below : node) {
      if (count > MOST_VALUES) {
        break;
      }
      count = values(below, count);
    }
    return count;
  }

  private static JsonNode parse(byte[] json) throws InvalidServiceException {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException bad) {
      var at = bad.getLocation();
      throw new InvalidServiceException(
          List.of(
              "not JSON: "
                  + Printable.of(JsonProblem.of(bad), SHOWN)
                  + (at == null
                      ? ""
                      : " at line " + at.getLineNr() + ", column " + at.getColumnNr())));
    } catch (java.io.IOException impossible) {
      throw new InvalidServiceException(List.of("not JSON: " + impossible.getMessage()));
    }
  }

  private @Nullable Service service(String name, long generation) {
    ContainerSpec container = container();
    DeployReader deploy = new DeployReader(fields);
    Service.Mode mode = deploy.mode();
    ExtrasReader extras = new ExtrasReader(fields.object("x-dowding"));
    UpdateConfig update = deploy.update();
    UpdateConfig rollback = deploy.rollback(update);
    Service.Placement placement = deploy.placement(fields, extras);
    Service.PinRule pin = extras.pin();
    String parent = extras.parent();
    Service.Reschedule reschedule = extras.reschedule();
    boolean running = extras.running();
    Service.OnUnhealthy onUnhealthy = extras.onUnhealthy();
    List<Service.Dependency> dependsOn = DependencyReader.read(name, fields);
    extras.refuseOthers();
    fields.refuseOthers();
    if (container == null) {
      return null;
    }
    parent = BorrowingReader.parent(parent, container);
    dependsOn = BorrowingReader.dependencies(dependsOn, container);
    check(name, container, mode, pin, parent);
    return new Service(
        name,
        generation,
        container,
        SpecHash.of(container),
        mode,
        placement,
        pin,
        parent,
        reschedule,
        running,
        dependsOn,
        onUnhealthy,
        update,
        rollback,
        extras.membership(container),
        extras.restarts(name));
  }

  private void check(
      String name,
      ContainerSpec container,
      Service.Mode mode,
      Service.PinRule pin,
      @Nullable String parent) {
    boolean many = mode instanceof Service.Mode.Replicated(int replicas) && replicas > 1;
    if (many && container.containerName() != null) {
      fields.problem("container_name", "several jobs cannot share one name: leave it out");
    }
    boolean fixed = pin instanceof Service.PinRule.ToHost || parent != null;
    if (mode instanceof Service.Mode.Global && fixed) {
      fields.problem("x-dowding", "a global service runs on every host: it has no pin or parent");
    }
    if (parent != null && Names.serviceOf(parent).equals(name)) {
      fields.problem("x-dowding.parent", "a service cannot be its own parent");
    }
  }

  private void checkKept() {
    int kept = 0;
    for (String field : List.of("post_start", "pre_stop", "networks")) {
      JsonNode given = fields.get(field);
      kept += given == null ? 0 : given.toString().length();
    }
    if (kept > MOST_KEPT) {
      problems.add(
          "post_start",
          () ->
              "it, pre_stop and networks take more than the "
                  + MOST_KEPT
                  + " characters allowed: put scripts into the image");
    }
  }

  private @Nullable ContainerSpec container() {
    String image =
        fields.text("image", "an image such as nginx:1.29", i -> Texts.isImage(i) ? i : null);
    if (image == null && fields.get("image") == null) {
      fields.problem("image", "is missing: every service needs one");
    }
    List<String> command = fields.words("command");
    List<String> entrypoint = fields.words("entrypoint");
    fields.program("entrypoint", entrypoint);
    Map<String, String> environment =
        fields.map(
            "environment", "has no value; only dowding up takes values from the environment");
    Map<String, String> labels = fields.map("labels", "has no value");
    labels.keySet().stream()
        .filter(label -> label.startsWith(Ownership.PREFIX))
        .forEach(label -> fields.problem("labels." + label, "dowding.* is dowding's own"));
    var ports = PortReader.read(fields);
    var mounts = VolumeReader.read(fields);
    RestartPolicy restart = RestartReader.read(fields);
    Duration grace = fields.text("stop_grace_period", "a duration such as 1m30s", Texts::duration);
    String signal =
        fields.word(
            "stop_signal",
            "a signal such as SIGTERM",
            s -> s.toUpperCase(Locale.ROOT).matches(SIGNAL) ? s.toUpperCase(Locale.ROOT) : null);
    String user = fields.user();
    String workingDir =
        fields.word("working_dir", "an absolute path", d -> d.startsWith("/") ? d : null);
    String hostname = fields.word("hostname", "a host name", h -> h.matches(DNS_NAME) ? h : null);
    String networkMode =
        fields.word(
            "network_mode",
            "bridge, host, none or service:NAME",
            m ->
                List.of("bridge", "host", "none").contains(m) || BorrowingReader.isOfService(m)
                    ? m
                    : null);
    PullPolicy pull = pullPolicy(image);
    String containerName =
        fields.word(
            "container_name", "a container's name", n -> n.matches(CONTAINER_NAME) ? n : null);
    Limits limits = new DeployReader(fields).limits(fields);
    SortedMap<String, Object> engine = EngineReader.read(fields);
    BorrowingReader.read(fields, engine);
    HookReader.read(fields, engine);
    checkKept();
    List<ContainerFile> files = ContentReader.read(fields, mounts, engine);
    return image == null
        ? null
        : new ContainerSpec(
            image,
            command,
            entrypoint,
            environment,
            labels,
            ports,
            mounts,
            restart,
            grace == null ? ContainerSpec.DEFAULT_STOP_GRACE : grace,
            signal,
            user,
            workingDir,
            hostname,
            "bridge".equals(networkMode) ? null : networkMode,
            limits,
            pull,
            containerName,
            engine,
            files);
  }

  private PullPolicy pullPolicy(@Nullable String image) {
    Fields extras = fields.object("x-dowding");
    boolean pins = extras.flag("pin_digest", true);
    PullPolicy policy = pullPolicy(pins);
    Duration follow = ExtrasReader.follow(extras);
    if (!follow.isZero() && (!pins || policy.when() == When.NEVER)) {
      extras.problem(
          "follow", "does not go with " + (pins ? "pull_policy: never" : "pin_digest: false"));
    }
    // A digest never changes. A rollback writes one, and the interval stays for the next tag.
    return image != null && image.contains("@") ? policy : policy.following(follow);
  }

  private PullPolicy pullPolicy(boolean pins) {
    PullPolicy policy =
        fields.text(
            "pull_policy",
            "always, missing, never, daily, weekly or such as every_12h",
            text ->
                switch (text) {
                  case "always" -> new PullPolicy(When.ALWAYS, Duration.ZERO, pins);
                  case "missing", "if_not_present" ->
                      new PullPolicy(When.MISSING, Duration.ZERO, pins);
                  case "never" -> new PullPolicy(When.NEVER, Duration.ZERO, pins);
                  case "daily" -> new PullPolicy(When.EVERY, Duration.ofDays(1), pins);
                  case "weekly" -> new PullPolicy(When.EVERY, Duration.ofDays(7), pins);
                  default -> every(text, pins);
                });
    return policy == null ? new PullPolicy(When.MISSING, Duration.ZERO, pins) : policy;
  }

  /** Compose's format, which adds weeks and days to other durations. */
  private static @Nullable PullPolicy every(String text, boolean pins) {
    Matcher every = EVERY.matcher(text);
    if (!every.matches()) {
      return null;
    }
    Duration age = every.group(3).isEmpty() ? Duration.ZERO : Texts.duration(every.group(3));
    if (age == null) {
      return null;
    }
    long days = 7 * number(every.group(1)) + number(every.group(2));
    return new PullPolicy(When.EVERY, age.plusDays(days), pins);
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
