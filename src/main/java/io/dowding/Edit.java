package io.dowding;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdKeys.Step;
import io.dowding.keys.Key;
import io.dowding.model.Content;
import io.dowding.model.Names;
import io.dowding.model.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is there, and what is to be written in its place: see {@link Scheduler#edit}. Nothing is
 * written before the callback has returned. Valid within the callback only; not thread-safe.
 */
public final class Edit {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EtcdKeys keys;
  private final Map<String, Optional<EtcdKeys.Value>> read = new TreeMap<>();
  private final SortedMap<String, Step> steps = new TreeMap<>();
  private final SortedMap<String, Scheduler.Added> results = new TreeMap<>();

  Edit(EtcdKeys keys) {
    this.keys = keys;
  }

  /** The definitions of all services as written, by name. */
  public NavigableMap<String, String> services() {
    NavigableMap<String, String> services = new TreeMap<>();
    keys.values(Key.SERVICES)
        .forEach(
            (key, value) -> {
              read.put(key, Optional.of(value));
              services.put(key.substring(Key.SERVICES.length()), value.text());
            });
    return services;
  }

  /** The definition of one service as written, or empty where it is not there. */
  public Optional<String> service(String id) {
    return present(Key.SERVICES + id).map(EtcdKeys.Value::text);
  }

  /**
   * What a config or secret holds, or empty where it is not there.
   *
   * @param key such as {@code configs/site}
   * @throws SchedulerException.InvalidJob if it cannot be decrypted
   */
  public Optional<byte[]> content(String key) {
    return present(key).map(is -> readable(key, is).content().bytes());
  }

  private static EtcdKeys.Value readable(String key, EtcdKeys.Value value) {
    String problem = value.sealing().problem();
    if (problem != null) {
      throw Scheduler.invalid(key + ": " + problem);
    }
    return value;
  }

  /**
   * Adds or changes a service.
   *
   * @throws SchedulerException.InvalidJob with every problem
   */
  public void putService(String id, String json) {
    requireNonNull(json, "json");
    Service service = service(id, json);
    String key = Key.SERVICES + id;
    put(
        key,
        Content.of(json.getBytes(StandardCharsets.UTF_8)),
        present(key)
            .filter(is -> isSame(service, id, is.text()) && isOfSame(json, is.text()))
            .isPresent());
  }

  /**
   * Adds or changes a config or a secret that is text.
   *
   * @param key such as {@code configs/site} or {@code secrets/password}
   * @throws SchedulerException.InvalidJob if it is not
   */
  public void putContent(String key, String content) {
    putContent(key, requireNonNull(content, "content").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Adds or changes a config or a secret.
   *
   * @param key such as {@code configs/site} or {@code secrets/password}
   * @throws SchedulerException.InvalidJob if it is not; or if there are no keys to encrypt it with,
   *     and it replaces a secret that is encrypted
   */
  public void putContent(String key, byte[] bytes) {
    Content content = Content.of(requireNonNull(bytes, "bytes"));
    if (!Names.isContentKey(key)) {
      throw Scheduler.invalid(
          "\"" + key + "\" is not configs/ or secrets/ and a name of letters, digits, _, . and -");
    }
    Optional<EtcdKeys.Value> before = present(key);
    if (!keys.encrypts()) {
      before.ifPresent(is -> readable(key, is));
    }
    put(key, content, before.filter(is -> isSame(content, is)).isPresent());
  }

  private static boolean isSame(Content content, EtcdKeys.Value is) {
    return is.sealing().isCurrent() && content.equals(is.content());
  }

  /**
   * Removes a service, a config or a secret; one that is not there is no error. A config or secret
   * is removed only if the services that this has read are still the same.
   *
   * @param key such as {@code services/web} or {@code configs/site}
   * @throws SchedulerException.InvalidJob if it is none of these
   */
  public void remove(String key) {
    if (!Names.isContentKey(key) && !isServiceKey(key)) {
      throw Scheduler.invalid(
          "\"" + key + "\" is not the key of a service, a config or a secret; it stays");
    }
    present(key)
        .ifPresent(
            is -> {
              steps.put(key, new Step.Delete(key, is.revision()));
              results.put(key, Scheduler.Added.REMOVED);
            });
  }

  private static boolean isServiceKey(String key) {
    return key.startsWith(Key.SERVICES) && Names.isService(key.substring(Key.SERVICES.length()));
  }

  private void put(String key, Content value, boolean same) {
    Optional<EtcdKeys.Value> before = present(key);
    long revision = before.map(EtcdKeys.Value::revision).orElse(0L);
    steps.put(key, same ? new Step.Check(key, revision) : new Step.Put(key, revision, value));
    results.put(
        key,
        same
            ? Scheduler.Added.SAME
            : before.isPresent() ? Scheduler.Added.CHANGED : Scheduler.Added.NEW);
  }

  private Optional<EtcdKeys.Value> present(String key) {
    return read.computeIfAbsent(key, keys::get);
  }

  private static Service service(String id, String json) {
    if (!Names.isService(id)) {
      throw Scheduler.invalid(
          "\""
              + id
              + "\" is not a service's name: lower case letters, digits, _ and -, at most 63");
    }
    try {
      return ServiceReader.read(id, 0, json.getBytes(StandardCharsets.UTF_8));
    } catch (InvalidServiceException problems) {
      throw new SchedulerException.InvalidJob(problems.problems());
    }
  }

  private static boolean isSame(Service service, String id, String json) {
    try {
      return service.equals(ServiceReader.read(id, 0, json.getBytes(StandardCharsets.UTF_8)));
    } catch (InvalidServiceException unusable) {
      return false;
    }
  }

  /** Whether both belong to the same project, which wrote the same contents for them. */
  private static boolean isOfSame(String json, String other) {
    JsonNode one = tree(json).path("x-dowding");
    JsonNode two = tree(other).path("x-dowding");
    return one.path("project").equals(two.path("project"))
        && one.path("contents").equals(two.path("contents"));
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException notJson) {
      return MissingNode.getInstance();
    }
  }

  /**
   * In an order that is safe to stop in: checks first; then contents before the services that use
   * them, and removals the other way round.
   */
  List<Step> steps() {
    List<Step> ordered = new ArrayList<>(steps.values());
    if (steps.values().stream().anyMatch(Edit::removesContent)) {
      read.forEach(
          (key, is) -> {
            if (!steps.containsKey(key)) {
              ordered.add(new Step.Check(key, is.map(EtcdKeys.Value::revision).orElse(0L)));
            }
          });
    }
    ordered.sort(Comparator.comparingInt(Edit::turn));
    return ordered;
  }

  private static boolean removesContent(Step step) {
    return step instanceof Step.Delete && Names.isContentKey(step.key());
  }

  private static int turn(Step step) {
    boolean service = step.key().startsWith(Key.SERVICES);
    return switch (step) {
      case Step.Check _ -> 0;
      case Step.Put _ -> service ? 2 : 1;
      case Step.Delete _ -> service ? 3 : 4;
    };
  }

  SortedMap<String, Scheduler.Added> results() {
    return results;
  }
}
