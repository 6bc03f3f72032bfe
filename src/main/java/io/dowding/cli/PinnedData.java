package io.dowding.cli;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the local data of jobs is, so that a pin does not leave it behind without a word. Where a
 * person's pin takes the place of the agent's, its comment keeps what that said.
 */
final class PinnedData {

  private static final String DATA = "data: ";

  private final EtcdKeys keys;

  PinnedData(EtcdKeys keys) {
    this.keys = keys;
  }

  /** The host where a pin says that the job's data is, or null. */
  private @Nullable String said(String text) {
    int hash = text.indexOf('#');
    String comment = hash < 0 ? "" : text.substring(hash + 1).strip();
    if (comment.startsWith(DATA)) {
      return comment.substring(DATA.length()).strip();
    }
    return Pin.parse(text) instanceof Pin.ToHost(String hostname, boolean auto) && auto
        ? hostname
        : null;
  }

  private @Nullable String host(String id) {
    return keys.get(Key.PINS + id).map(value -> said(value.text())).orElse(null);
  }

  /** The hosts with data of these jobs, by job. */
  Map<String, String> hosts(String id) {
    Map<String, String> hosts = new TreeMap<>();
    if (!hasLocalData(Names.serviceOf(id))) {
      return hosts;
    }
    if (!id.equals(Names.serviceOf(id))) {
      String host = host(id);
      if (host != null) {
        hosts.put(id, host);
      }
      return hosts;
    }
    keys.all(Key.PINS + id + ".")
        .forEach(
            (key, text) -> {
              String host = said(text);
              if (host != null) {
                hosts.put(key.substring(Key.PINS.length()), host);
              }
            });
    return hosts;
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

  /** What would start without its data on another host than where that is. */
  List<String> leftBehind(String id, String host) {
    List<String> left = new ArrayList<>();
    hosts(id)
        .forEach(
            (job, data) -> {
              if (!data.equals(host)) {
                left.add("the data of " + job + " is on " + data + " and stays there");
              }
            });
    return left;
  }

  /** Writes a pin; its comment keeps where the data of that job is. */
  void write(String id, Pin pin) {
    String data = host(id);
    keys.put(Key.PINS + id, data == null ? pin.text() : pin.text() + " # " + DATA + data);
  }

  /**
   * Removes a person's pin.
   *
   * @return the host where its data is, which it is pinned to again; or null
   */
  @Nullable String remove(String id) {
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
