package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds where named volumes have data, to warn when a job goes elsewhere. */
final class VolumeData {

  private final Situation situation;

  VolumeData(Situation situation) {
    this.situation = situation;
  }

  /**
   * A clause for a reason, naming volumes that have data on other hosts but are empty on this one;
   * or empty. Each replica of a service has its own data.
   */
  String leftBehind(Service service, String host) {
    StringBuilder said = new StringBuilder();
    HostState here = situation.host(host);
    Set<String> there = here == null ? Set.of() : here.volumes();
    for (String volume : service.container().namedVolumes()) {
      List<String> hosts = there.contains(volume) ? List.of() : hostsOf(volume, service);
      if (!hosts.isEmpty()) {
        said.append("; volume ").append(volume).append(" has data on ");
        said.append(String.join(", ", hosts)).append("; here it is empty");
      }
    }
    return said.toString();
  }

  private List<String> hostsOf(String volume, Service service) {
    List<String> hosts = new ArrayList<>();
    for (String host : situation.loads().hostsWith(volume)) {
      List<Allocation> users =
          situation.allocations().on(host).stream().filter(record -> uses(record, volume)).toList();
      if (users.stream().noneMatch(record -> record.service().equals(service.name()))) {
        List<String> jobs = users.stream().map(Allocation::job).toList();
        String by = jobs.isEmpty() ? "" : " (" + String.join(", ", jobs) + ")";
        hosts.add(host + by);
      }
    }
    return hosts;
  }

  private boolean uses(Allocation record, String volume) {
    Service service = situation.services().get(record.service());
    return service != null && service.container().namedVolumes().contains(volume);
  }
}
