package io.dowding.http;

import io.dowding.control.Condition;
import io.dowding.control.Event;
import io.dowding.control.Health;
import io.dowding.control.Monitor;
import io.dowding.plan.Action;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Metrics in the formats of Prometheus. Thread-safe where {@link Monitor} asks for it. */
public final class Metrics implements Monitor {

  private static final double[] STEP = {0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};
  private static final double[] ACTION = {0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300};
  private static final double[] RUNNING = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800};
  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Health health;
  private final Histogram steps;
  private final Counter bugs;
  private final Counter actions;
  private final Gauge underWay;
  private final Histogram took;
  private final Histogram keyToRunning;
  private final KeyTimes keyTimes = new KeyTimes();
  private volatile IntSupplier queued = () -> 0;
  private volatile Supplier<Map<String, Path>> ofHosts = Map::of;

  /** A response with its content type. */
  record Page(String type, String text) {}

  /**
   * @param certificates files to watch the expiry of, by what they are for
   */
  public Metrics(Health health, Map<String, Path> certificates) {
    this.health = health;
    JvmMetrics.builder().register(registry);
    steps = histogram("step", "Duration of the steps in which the agent decides.", STEP);
    bugs = counter("dowding_internal_errors", "Internal errors; each is in the log.");
    actions = counter("dowding_actions", "Actions that ended.", "action", "result");
    underWay = gauge("dowding_actions_under_way", "Actions that have not ended yet.", "action");
    took = histogram("action", "Duration of actions.", ACTION, "action");
    keyToRunning =
        Histogram.builder()
            .name("dowding_key_to_running_seconds")
            .help("Time from a change of a service's key until all its jobs run that definition.")
            .classicOnly()
            .classicUpperBounds(RUNNING)
            .register(registry);
    number("dowding_events_queued", "Events that wait for the next step.", () -> queued());
    number("dowding_leader", "1 if this agent leads.", () -> condition().leads() ? 1 : 0);
    number(
        "dowding_ready",
        "1 if this agent leads with all that it needs, or is ready to take over.",
        () -> condition().isReady() ? 1 : 0);
    number(
        "dowding_threads_hanging",
        "Threads that take no turns; /healthz names them.",
        () -> health.pulses().silent().size());
    ClusterMetrics.register(registry, health);
    CertificateMetrics.register(registry, () -> certificates(certificates));
  }

  private Condition condition() {
    return health.condition();
  }

  private int queued() {
    return queued.getAsInt();
  }

  private Map<String, Path> certificates(Map<String, Path> ofAgent) {
    Map<String, Path> all = new TreeMap<>(ofAgent);
    ofHosts.get().forEach((host, file) -> all.put("docker " + host, file));
    return all;
  }

  /** Where to read the files with certificates for single hosts, by hostname. */
  public void certificates(Supplier<Map<String, Path>> hosts) {
    ofHosts = hosts;
  }

  /** Where to read the length of the loop's queue. */
  public void queued(IntSupplier length) {
    queued = length;
  }

  private Histogram histogram(String what, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name("dowding_" + what + "_duration_seconds")
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .labelNames(labels)
        .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private void number(String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(to -> to.call(value.getAsInt()))
        .register(registry);
  }

  /**
   * All metrics.
   *
   * @param accept the formats that the client prefers, as in HTTP
   */
  Page page(String accept) throws IOException {
    ExpositionFormatWriter writer = formats.findWriter(accept);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    writer.write(text, registry.scrape());
    return new Page(writer.getContentType(), text.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void happened(Event event, Instant now) {
    if (!health.condition().leads()) {
      keyTimes.clear();
    } else if (event instanceof Event.StoreChanged changed) {
      changed.changes().forEach(change -> keyTimes.changed(change, now));
    }
  }

  @Override
  public void decided(Action action, Instant now) {
    underWay.labelValues(ActionLabels.kind(action)).inc();
    if (action instanceof Action.Publish publish) {
      publish
          .values()
          .forEach(
              (key, value) -> {
                Duration time = keyTimes.published(key, value.orElse(null), now);
                if (time != null) {
                  keyToRunning.observe(time.toNanos() / NANOS);
                }
              });
    }
  }

  @Override
  public void ended(Action action, @Nullable Event outcome, Duration time) {
    String kind = ActionLabels.kind(action);
    underWay.labelValues(kind).dec();
    actions.labelValues(kind, ActionLabels.result(outcome)).inc();
    took.labelValues(kind).observe(time.toNanos() / NANOS);
  }

  @Override
  public void bug() {
    bugs.inc();
  }

  @Override
  public void stepped(Duration time) {
    steps.observe(time.toNanos() / NANOS);
  }
}
