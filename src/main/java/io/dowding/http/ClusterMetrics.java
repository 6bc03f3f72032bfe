package io.dowding.http;

import io.dowding.control.Census;
import io.dowding.control.Health;
import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.plan.JobView;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What the leader knows of the cluster; other agents have no values for it. */
final class ClusterMetrics {

  private static final List<String> SERVICES =
      List.of(
          "completed",
          "degraded",
          "held",
          "invalid",
          "pending",
          "removing",
          "running",
          "starting",
          "stopped",
          "stopping",
          "updating");

  private static final List<String> JOBS =
      Stream.of(JobView.State.values())
          .map(state -> state.name().toLowerCase(Locale.ROOT))
          .toList();

  private final PrometheusRegistry registry;
  private final Health health;

  private ClusterMetrics(PrometheusRegistry registry, Health health) {
    this.registry = registry;
    this.health = health;
  }

  static void register(PrometheusRegistry registry, Health health) {
    ClusterMetrics of = new ClusterMetrics(registry, health);
    of.byState("dowding_services", "Services by state.", SERVICES, Census::services);
    of.byState("dowding_jobs", "Jobs by state.", JOBS, Census::jobs);
    of.number("dowding_jobs_desired", "Jobs that should run.", Census::desired);
    of.number("dowding_jobs_running", "Jobs of these that do.", Census::running);
    of.number(
        "dowding_jobs_completed",
        "Jobs of these that ended successfully and stay ended.",
        Census::completed);
    of.byState(
        "dowding_hosts",
        "Hosts by whether they answer.",
        Stream.of(Reach.values()).map(Reach::word).toList(),
        Census::hosts);
    of.byState(
        "dowding_hosts_by_setting",
        "Hosts by the operator's setting.",
        Stream.of(Availability.values()).map(Availability::word).toList(),
        Census::settings);
    of.number(
        "dowding_hosts_warned",
        "Hosts with something to correct although they answer; status/hosts/ says what.",
        Census::warned);
    of.number("dowding_holds", "What is held until a person releases it.", Census::holds);
    of.number(
        "dowding_unusable_keys", "Keys that cannot be used, except services.", Census::problems);
  }

  private void number(String name, String help, ToIntFunction<Census> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            to -> {
              Census census = health.condition().census();
              if (census != null) {
                to.call(value.applyAsInt(census));
              }
            })
        .register(registry);
  }

  /** A state that nothing is in has the value 0, so that rules find it. */
  private void byState(
      String name,
      String help,
      List<String> states,
      Function<Census, SortedMap<String, Integer>> numbers) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("state")
        .callback(
            to -> {
              Census census = health.condition().census();
              if (census != null) {
                SortedMap<String, Integer> all = new TreeMap<>();
                states.forEach(state -> all.put(state, 0));
                all.putAll(numbers.apply(census));
                all.forEach((state, number) -> to.call(number, state));
              }
            })
        .register(registry);
  }
}
