package io.dowding;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Host;
import io.dowding.model.Membership;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Fleet;
import io.dowding.placement.LibraryJobs;
import io.dowding.placement.PinChain;
import io.dowding.placement.Request;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chooses hosts for the library's ids, by what is known of the keys and hosts. */
final class Placing {

  private final View view;
  private final @Nullable Function<List<DockerHost>, DockerHost> leastBusy;

  /**
   * @param leastBusy the user's strategy, or null
   */
  Placing(View view, @Nullable Function<List<DockerHost>, DockerHost> leastBusy) {
    this.view = view;
    this.leastBusy = leastBusy;
  }

  /** The least busy host, for no id. */
  Placed leastBusy() {
    return placed("", choose(""));
  }

  /** Where a job goes; records nothing. */
  Placed place(String id, @Nullable String parent) {
    Optional<String> pinned = pinnedHost(id, view);
    if (pinned.isPresent()) {
      return at(id, pinned.get(), true, "pinned");
    }
    if (view.chain().pinOf(id) instanceof Pin.ToJob(String target)) {
      throw nowhere(id + " is pinned to " + target + ", which is not placed yet: place it first");
    }
    if (view.chain().pinOf(id) instanceof Pin.Unreadable(String problem)) {
      throw nowhere("the pin of " + id + " cannot be read: " + problem);
    }
    if (parent != null) {
      return at(id, hostOf(parent, id), false, "beside " + parent);
    }
    Allocation record = view.allocations.get(id);
    return view.isOfService(id) && record != null
        ? at(id, record.host(), false, record.reason())
        : placed(id, choose(id));
  }

  private String hostOf(String parent, String id) {
    Allocation record = view.chain().allocationOf(parent);
    if (record != null) {
      return record.host();
    }
    for (Map.Entry<String, List<Container>> host : view.containers().entrySet()) {
      if (host.getValue().stream()
          .anyMatch(container -> container.isAlive() && LibraryJobs.isOf(container, parent))) {
        return host.getKey();
      }
    }
    throw nowhere(
        "the parent " + parent + " of " + id + " is not placed yet: allocate or start it first");
  }

  private static SchedulerException nowhere(String message) {
    return new SchedulerException.NoHostFits(message, new TreeMap<>());
  }

  /** The host that the id's pins lead to; empty if there is no pin, or its target has no host. */
  static Optional<String> pinnedHost(String id, View view) {
    PinChain chain = view.chain();
    String at = id;
    while (chain.pinOf(at) instanceof Pin.ToJob(String target)) {
      String loop = chain.loop(at, target);
      if (loop != null) {
        throw new SchedulerException.PinLoop("pin loop: " + loop + "; change one of these pins");
      }
      at = target;
    }
    if (chain.pinOf(at) instanceof Pin.ToHost(String hostname, boolean _)) {
      return Optional.of(hostname);
    }
    Allocation record = at.equals(id) ? null : chain.allocationOf(at);
    return Optional.ofNullable(record).map(Allocation::host);
  }

  private Choice choose(String id) {
    Map<String, String> avoid =
        view.isOfService(id)
            ? Map.of()
            : LibraryJobs.exclusions(id, view.allocations.values(), view.containers());
    Fleet fleet = view.fleet();
    Request request = new Request(id, service(id), avoid);
    Choice choice =
        leastBusy == null ? fleet.choose(request) : fleet.choose(request, this::byStrategy);
    if (choice.host() == null) {
      throw new SchedulerException.NoHostFits(choice.why(), choice.refused());
    }
    return choice;
  }

  /** The service that the id belongs to, for its constraints. */
  private Service service(String id) {
    Service service = view.services.get(Names.serviceOf(id));
    return service != null ? service : ANYTHING;
  }

  private Candidate byStrategy(List<Candidate> fit) {
    List<DockerHost> offered = fit.stream().map(Placing::offer).toList();
    DockerHost chosen = Objects.requireNonNull(leastBusy).apply(offered);
    return fit.stream()
        .filter(candidate -> candidate.host().hostname().equals(chosen.hostname()))
        .findFirst()
        .orElseThrow(
            () ->
                new SchedulerException.UnknownHost(
                    "the strategy chose "
                        + chosen.hostname()
                        + ", which is not one of the given hosts"));
  }

  private static DockerHost offer(Candidate candidate) {
    Host host = candidate.host();
    return new DockerHost(
        host.hostname(),
        host.docker(),
        host.tags(),
        host.meta(),
        candidate.jobs(),
        candidate.load());
  }

  private Placed placed(String id, Choice choice) {
    return at(id, Objects.requireNonNull(choice.host()), false, choice.why());
  }

  private Placed at(String id, String hostname, boolean pinned, String why) {
    Host host = view.inventory.get(hostname);
    return new Placed(
        id, hostname, host == null ? "" : host.docker(), pinned, view.isUp(hostname), why);
  }

  /** For an id that belongs to no service: no constraints. */
  private static final Service ANYTHING =
      new Service(
          "library",
          0,
          ContainerSpec.ofImage(""),
          "",
          new Service.Mode.Replicated(1),
          Service.Placement.ANYWHERE,
          new Service.PinRule.None(),
          null,
          new Service.Reschedule.Default(),
          true,
          List.of(),
          Service.OnUnhealthy.RESTART,
          UpdateConfig.DEFAULT,
          UpdateConfig.DEFAULT,
          Membership.NONE,
          Map.of());
}
