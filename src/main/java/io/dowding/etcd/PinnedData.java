package io.dowding.etcd;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.PreStart;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the local data of jobs is, so that a pin does not leave it behind without a word. Where a
 * person's pin takes the place of the agent's, its comment keeps what that said. Thread-safe.
 */
public final class PinnedData {

  private static final String DATA = "data: ";

  private final EtcdKeys keys;

  public PinnedData(EtcdKeys keys) {
    this.keys = keys;
  }

  /** The host where a pin says that the job's data is, or null. */
  private static @Nullable String said(String text) {
    int hash = text.indexOf('#');
    String comment = hash < 0 ? "" : text.substring(hash + 1).strip();
    if (comment.startsWith(DATA)) {
      return comment.substring(DATA.length()).strip();
    }
    return Pin.parse(text) instanceof Pin.ToHost(String hostname, boolean auto) && auto
        ? hostname
        : null;
  }

  /**
   * The hosts with data of these jobs, by job: where a pin says, else where the job is recorded.
   */
  public Map<String, String> hosts(String id) {
    Map<String, String> hosts = new TreeMap<>();
    if (!hasLocalData(Names.serviceOf(id))) {
      return hosts;
    }
    jobs(Key.ALLOCATIONS, id)
        .forEach(
            (job, record) -> {
              String host = recorded(record);
              if (!host.isEmpty() && !PreStart.isJob(job)) {
                hosts.put(job, host);
              }
            });
    hosts.putAll(pinned(id));
    return hosts;
  }

  /** The hosts that pins name for the data of these jobs, by job. */
  public Map<String, String> pinned(String id) {
    Map<String, String> hosts = new TreeMap<>();
    if (hasLocalData(Names.serviceOf(id))) {
      jobs(Key.PINS, id)
          .forEach(
              (job, text) -> {
                String host = said(text);
                if (host != null) {
                  hosts.put(job, host);
                }
              });
    }
    return hosts;
  }

  /** The jobs whose data is on a host, as pins say. */
  public List<String> on(String host) {
    return keys.all(Key.PINS).entrySet().stream()
        .filter(pin -> host.equals(said(pin.getValue())))
        .map(pin -> pin.getKey().substring(Key.PINS.length()))
        .toList();
  }

  /** The host of a job, or of the lowest job of a service; empty if it is not placed. */
  public String place(String id) {
    SortedMap<String, String> records = new TreeMap<>(Names::compareJobs);
    records.putAll(jobs(Key.ALLOCATIONS, id));
    return records.isEmpty() ? "" : recorded(records.firstEntry().getValue());
  }

  private static String recorded(String record) {
    return Json.tree(record.getBytes(StandardCharsets.UTF_8))
        .map(json -> json.path("host").asText(""))
        .orElse("");
  }

  /** What is below a prefix for a job, or for all jobs of a service. */
  private Map<String, String> jobs(String prefix, String id) {
    Map<String, String> jobs = new TreeMap<>();
    keys.get(prefix + id).ifPresent(value -> jobs.put(id, value.text()));
    keys.all(prefix + id + ".")
        .forEach((key, value) -> jobs.put(key.substring(prefix.length()), value));
    return jobs;
  }

  private boolean hasLocalData(String service) {
    return keys.get(Key.SERVICES + service)
        .map(
            value -> {
              try {
                return ServiceReader.read(service, 0, value.text().getBytes(StandardCharsets.UTF_8))
                    .container()
                    .hasLocalData();
              } catch (InvalidServiceException unusable) {
                return true;
              }
            })
        .orElse(false);
  }

  /** Whether there is a service, a record or a pin with this name. */
  public boolean isKnown(String id) {
    return keys.get(Key.SERVICES + Names.serviceOf(id)).isPresent()
        || keys.get(Key.ALLOCATIONS + id).isPresent()
        || keys.get(Key.PINS + id).isPresent();
  }

  /** The jobs that this pin would separate from their data, each with the host where that is. */
  public SortedMap<String, String> leftBehind(String id, Pin pin) {
    String to = pin instanceof Pin.ToHost(String hostname, boolean _) ? hostname : target(pin);
    SortedMap<String, String> left = new TreeMap<>(Names::compareJobs);
    left.putAll(hosts(id));
    left.values().removeIf(to::equals);
    return left;
  }

  private String target(Pin pin) {
    return pin instanceof Pin.ToJob(String job) ? place(job) : "";
  }

  /** The same, each in words. */
  public static List<String> words(SortedMap<String, String> left) {
    return left.entrySet().stream()
        .map(one -> "the data of " + one.getKey() + " is on " + one.getValue() + " and stays there")
        .toList();
  }

  /** Writes a pin; its comment keeps where the data of that job is. */
  public void write(String id, Pin pin) {
    String data = hosts(id).get(id);
    keys.put(Key.PINS + id, data == null ? pin.text() : pin.text() + " # " + DATA + data);
  }

  /**
   * Removes a person's pin.
   *
   * @return the host where its data is, which it is pinned to again; or null
   */
  public @Nullable String remove(String id) {
    String value = keys.get(Key.PINS + id).map(EtcdKeys.Value::text).orElse("");
    String data = value.contains("# " + DATA) ? said(value) : null;
    if (data == null) {
      keys.delete(Key.PINS + id);
    } else {
      keys.put(Key.PINS + id, new Pin.ToHost(data, true).text());
    }
    return data;
  }
}
