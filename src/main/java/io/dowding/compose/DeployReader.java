package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Constraint;
import io.dowding.model.ContainerSpec.Limits;
import io.dowding.model.Resources;
import io.dowding.model.Service.Mode;
import io.dowding.model.Service.Placement;
import io.dowding.model.UpdateConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code deploy}: how many jobs, where, and how much of a host. */
final class DeployReader {

  private static final int MOST_REPLICAS = 10_000;
  private static final String FIELD = "node\\.(hostname|tags|labels\\.[A-Za-z0-9_.-]+)";
  private static final Pattern CONSTRAINT =
      Pattern.compile("\\s*(" + FIELD + ")\\s*(==|!=)\\s*(\\S+)\\s*");

  private final Fields deploy;

  DeployReader(Fields service) {
    this.deploy = service.object("deploy");
  }

  Mode mode() {
    Boolean global =
        deploy.word(
            "mode",
            "replicated or global",
            text ->
                switch (text) {
                  case "replicated" -> false;
                  case "global" -> true;
                  default -> null;
                });
    boolean isGlobal = global != null && global;
    int replicas = (int) deploy.number("replicas", 1, 0, MOST_REPLICAS);
    if (isGlobal && deploy.get("replicas") != null) {
      deploy.problem("replicas", "a global service runs once on every host: leave it out");
    }
    return isGlobal ? new Mode.Global() : new Mode.Replicated(replicas);
  }

  UpdateConfig update() {
    return UpdateReader.update(deploy);
  }

  UpdateConfig rollback(UpdateConfig update) {
    return UpdateReader.rollback(deploy, update);
  }

  /** Reads the placement, and refuses unknown fields. */
  Placement placement(Fields service, ExtrasReader extras) {
    Fields placement = deploy.object("placement");
    List<Constraint> constraints = new ArrayList<>();
    List<String> written = placement.list("constraints");
    for (int i = 0; i < written.size(); i++) {
      Constraint constraint = constraint(written.get(i));
      if (constraint == null) {
        placement.problem(
            "constraints[" + i + "]",
            Fields.quote(written.get(i))
                + " is not a constraint such as node.labels.rack == r1, node.tags != old or"
                + " node.hostname == host1");
      } else {
        constraints.add(constraint);
      }
    }
    List<String> spreadOver = spreadOver(placement);
    int maxPerHost = (int) placement.number("max_replicas_per_node", 0, 0, MOST_REPLICAS);
    placement.refuseOthers();
    // Read together with restart.
    deploy.get("restart_policy");
    Fields resources = deploy.object("resources");
    resources.get("limits");
    resources.get("reservations");
    resources.refuseOthers();
    deploy.refuseOthers();
    return new Placement(
        constraints,
        spreadOver,
        maxPerHost,
        extras.exclusive(),
        extras.strategy(),
        extras.weight(),
        reservation(service));
  }

  /** What each job reserves of its host; {@code mem_reservation} is the older field. */
  private Resources reservation(Fields service) {
    Fields reservations = deploy.object("resources").object("reservations");
    Long cpus = cpus(reservations, "cpus");
    Long memory = reservations.bytes("memory");
    return new Resources(
        orNone(cpus),
        orNone(memory == null ? service.bytes("mem_reservation") : memory),
        ResourceReader.reservedDevices(service, reservations));
  }

  private static List<String> spreadOver(Fields placement) {
    List<String> labels = new ArrayList<>();
    for (JsonNode item : placement.items("preferences")) {
      String spread = item.path("spread").asText();
      if (spread.startsWith(Constraint.LABELS) && item.size() == 1) {
        labels.add(spread.substring(Constraint.LABELS.length()));
      } else {
        placement.problem(
            "preferences",
            Fields.show(item) + " is not such as {\"spread\": \"node.labels.rack\"}");
      }
    }
    return labels;
  }

  private static @Nullable Constraint constraint(String text) {
    Matcher matcher = CONSTRAINT.matcher(text);
    return matcher.matches()
        ? new Constraint(matcher.group(1), matcher.group(3).equals("=="), matcher.group(4))
        : null;
  }

  /** {@code deploy.resources.limits}, or the service's older fields of the same meaning. */
  Limits limits(Fields service) {
    Fields limits = deploy.object("resources").object("limits");
    Long cpus = same(cpus(limits, "cpus"), service, "cpus", cpus(service, "cpus"));
    Long memory = same(limits.bytes("memory"), service, "mem_limit", service.bytes("mem_limit"));
    Long pids = same(pids(limits, "pids"), service, "pids_limit", pids(service, "pids_limit"));
    limits.refuseOthers();
    return new Limits(orNone(cpus), orNone(memory), orNone(pids));
  }

  private static @Nullable Long cpus(Fields fields, String field) {
    return fields.text(field, "a number of CPUs such as 0.5", Texts::nanoCpus);
  }

  /** Docker uses -1 for no limit. */
  private static @Nullable Long pids(Fields fields, String field) {
    long pids = fields.number(field, 0, -1, Integer.MAX_VALUE);
    return pids <= 0 ? null : Long.valueOf(pids);
  }

  private static @Nullable Long same(
      @Nullable Long one, Fields service, String field, @Nullable Long other) {
    if (one != null && other != null && !one.equals(other)) {
      service.problem(field, "differs from deploy.resources; remove one");
    }
    return one == null ? other : one;
  }

  private static long orNone(@Nullable Long limit) {
    return limit == null ? 0 : limit;
  }
}
