package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import io.dowding.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The host and the container of a job, as its status says. */
record JobPlace(String job, Host host, String container) {

  /**
   * @param id a job, or a service with one job
   * @throws IllegalArgumentException if it does not run
   */
  static JobPlace of(Config config, EtcdKeys keys, String id) throws Exception {
    String service = Names.serviceOf(id);
    JsonNode status =
        DowdingCommand.written(
            keys.get(Key.SERVICE_STATUS + service).map(EtcdKeys.Value::text).orElse("{}"));
    List<String> jobs = new ArrayList<>();
    status.path("jobs").properties().forEach(job -> jobs.add(job.getKey()));
    if (jobs.isEmpty()) {
      throw new IllegalArgumentException(Missing.job(id, keys));
    }
    String job = id.equals(service) && jobs.size() == 1 ? jobs.getFirst() : id;
    JsonNode found = status.path("jobs").path(job);
    if (found.isMissingNode()) {
      throw new IllegalArgumentException(
          "there is no job " + id + "; " + service + " has " + String.join(", ", jobs));
    }
    String container = found.path("container").asText("");
    if (container.isEmpty()) {
      throw new IllegalArgumentException(
          job
              + " has no container: "
              + found.path("state").asText()
              + " "
              + StatusTable.reason(found)
              + ". Next: dowding explain "
              + job);
    }
    Map<String, Host> hosts = config.hosts(keys.all(Key.INVENTORY));
    Host host = hosts.get(found.path("host").asText());
    if (host == null) {
      throw new IllegalArgumentException(Missing.host(found.path("host").asText(), hosts.keySet()));
    }
    return new JobPlace(job, host, container);
  }
}
