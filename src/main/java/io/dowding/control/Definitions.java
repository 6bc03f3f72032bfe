package io.dowding.control;

import io.dowding.model.ContainerFile;
import io.dowding.model.Content;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import io.dowding.plan.Versions;
import io.dowding.plan.Versions.Definition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is to run: services as they are written, with the contents that they name, and what is kept
 * of their earlier versions. One that cannot be used leaves the last valid one in force.
 */
final class Definitions {

  /** A service's key as it is, usable or not. */
  record Entry(@Nullable Service valid, String problem, String json, long revision) {}

  /** What a tag means, for containers of this hash. */
  private record Meaning(String specHash, String digest) {}

  private final Policy policy;
  private final Changed changed;
  private final SortedMap<String, Entry> entries = new TreeMap<>();
  private final Map<String, StoreChange.OfService> written = new HashMap<>();
  private final SortedMap<String, Content> contents = new TreeMap<>();
  private final Map<String, Long> contentRevisions = new HashMap<>();
  private final Map<String, Versions> versions = new HashMap<>();
  private final Map<String, Meaning> meanings = new HashMap<>();
  private final SortedMap<String, Service> services = new TreeMap<>();
  private final Map<String, Long> revisions = new HashMap<>();
  private final Set<String> untouchable = new HashSet<>();

  /** The services that name a config or secret, by its key. */
  private final Map<String, Set<String>> users = new HashMap<>();

  Definitions(Policy policy, Changed changed) {
    this.policy = policy;
    this.changed = changed;
  }

  /** Each service as it is to run. */
  SortedMap<String, Service> services() {
    return services;
  }

  /** The same; and of a service that was deleted, as it ran last, while anything of it is left. */
  @Nullable Service last(String name) {
    Service present = services.get(name);
    Versions known = versions.get(name);
    return present != null || known == null ? present : known.inForce();
  }

  SortedMap<String, Entry> entries() {
    return entries;
  }

  /** Of every config and secret that there is. */
  Map<String, Long> contentRevisions() {
    return contentRevisions;
  }

  /** Services whose key cannot be used, and of which no valid definition is known. */
  Set<String> untouchable() {
    return untouchable;
  }

  /** Of every service's key, usable or not. */
  Map<String, Long> revisions() {
    return revisions;
  }

  /** A service's key, or the definition in effect, may have changed. */
  private void changed(String name) {
    changed.redefined(name);
    Entry entry = entries.get(name);
    if (entry == null) {
      revisions.remove(name);
    } else {
      revisions.put(name, entry.revision());
    }
    if (entry != null && !services.containsKey(name)) {
      untouchable.add(name);
    } else {
      untouchable.remove(name);
    }
  }

  /** The key of a service, as it was written just now. */
  void written(StoreChange.OfService change, Consumer<String> redefined) {
    uses(written.put(change.name(), change), false);
    uses(change, true);
    read(change, redefined);
  }

  private void uses(StoreChange.@Nullable OfService service, boolean now) {
    if (service == null || !(service.value() instanceof Parsed.Valid<Service>(Service valid))) {
      return;
    }
    for (String key : valid.contentKeys()) {
      Set<String> names = users.computeIfAbsent(key, k -> new TreeSet<>());
      if (now) {
        names.add(service.name());
      } else if (names.remove(service.name()) && names.isEmpty()) {
        users.remove(key);
      }
    }
  }

  /** What a service is named by has changed: its definition is another one then. */
  void content(StoreChange.OfContent change, Consumer<String> redefined) {
    Content now = change.value();
    Content before = now == null ? contents.remove(change.key()) : contents.put(change.key(), now);
    if (now == null) {
      contentRevisions.remove(change.key());
    } else {
      contentRevisions.put(change.key(), change.revision());
    }
    if (Objects.equals(before, now)) {
      return;
    }
    for (String name : users.getOrDefault(change.key(), Set.of())) {
      StoreChange.OfService service = written.get(name);
      if (service != null) {
        read(service, redefined);
      }
    }
  }

  private void read(StoreChange.OfService change, Consumer<String> redefined) {
    String name = change.name();
    Service before = services.get(name);
    switch (usable(change.value(), change.json())) {
      case Parsed.Valid<Service>(Service service) -> {
        entries.put(name, new Entry(service, "", change.json(), change.revision()));
        Definition valid = new Definition(service, change.json(), "");
        versions.merge(name, new Versions(valid, null, null), (of, _) -> of.withValid(valid));
      }
      case Parsed.Invalid<Service>(String problem) ->
          entries.put(name, new Entry(null, problem, "", change.revision()));
    }
    enforce(name, before, redefined);
  }

  /**
   * @return whether it was there
   */
  boolean deleted(String name) {
    uses(written.remove(name), false);
    services.remove(name);
    meanings.remove(name);
    // What comes back under this name is another service.
    versions.computeIfPresent(name, (n, of) -> new Versions(of.valid(), null, null));
    boolean wasThere = entries.remove(name) != null;
    changed(name);
    return wasThere;
  }

  private void enforce(String name, @Nullable Service before, Consumer<String> redefined) {
    Versions of = versions.get(name);
    if (of == null) {
      changed(name);
      return;
    }
    Service after = of.inForce();
    services.put(name, after);
    changed(name);
    if (before != null && !before.specHash().equals(after.specHash())) {
      meanings.remove(name);
      redefined.accept(name);
    }
  }

  /**
   * What was good, and what failed, leaders alone know; the last valid one is told by the watch.
   */
  void recall(String name, Versions left) {
    Versions known = versions.get(name);
    boolean isNewer =
        known != null
            && known.valid().service().generation() >= left.valid().service().generation();
    Versions all = known != null && isNewer ? left.withValid(known.valid()) : left;
    if (refusal(all.valid().service()).isEmpty()) {
      versions.put(name, new Versions(all.valid(), allowed(all.good()), all.failed()));
    }
  }

  private @Nullable Definition allowed(@Nullable Definition good) {
    return good == null || refusal(good.service()).isEmpty() ? good : null;
  }

  /** What this leader kept of a service has been written: from now on it counts. */
  void kept(String name, Versions now, Consumer<String> redefined) {
    changed.service(name);
    Versions known = versions.get(name);
    if (known != null && entries.containsKey(name)) {
      versions.put(
          name, new Versions(now.valid(), now.good(), now.failed()).withValid(known.valid()));
      enforce(name, services.get(name), redefined);
    }
    Service inForce = services.get(name);
    // What was written may have been begun before it was known what the tag means.
    if (inForce == null || !inForce.container().seeksDigest()) {
      meanings.remove(name);
    }
  }

  /**
   * What lacks its contents, or what the policy refuses, is as invalid as what cannot be read. One
   * that cannot even be looked at is invalid, and stops no other.
   */
  private Parsed<Service> usable(@Nullable Parsed<Service> value, String json) {
    try {
      return checked(value, json);
    } catch (RuntimeException | StackOverflowError beyond) {
      return new Parsed.Invalid<>(
          "cannot be checked (" + beyond + "): make it simpler, and please report this");
    }
  }

  private Parsed<Service> checked(@Nullable Parsed<Service> value, String json) {
    return switch (value) {
      case null -> new Parsed.Invalid<>("is not there");
      case Parsed.Invalid<Service> invalid -> invalid;
      case Parsed.Valid<Service>(Service bare) -> {
        Service service = bare.withContents(contents);
        List<String> missing = service.missingContents();
        String refusal = refusal(service);
        if (!missing.isEmpty()) {
          yield new Parsed.Invalid<>(
              String.join(", ", missing) + ": not in etcd; put the content there");
        }
        if (size(service, json) > Service.MOST_BYTES) {
          yield new Parsed.Invalid<>(
              "with its configs and secrets it has more than the "
                  + Service.MOST_BYTES
                  + " bytes allowed: move what is large into the image or a volume");
        }
        yield refusal.isEmpty() ? new Parsed.Valid<>(service) : new Parsed.Invalid<>(refusal);
      }
    };
  }

  private static long size(Service service, String json) {
    long written = json.codePoints().mapToLong(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : 4).sum();
    return written
        + service.container().files().stream()
            .filter(file -> !file.inline())
            .map(ContainerFile::content)
            .mapToLong(content -> content == null ? 0 : content.size())
            .sum();
  }

  private String refusal(Service service) {
    return String.join("; ", policy.refusals(service.name(), service.container()));
  }

  Map<String, Versions> allVersions() {
    return Map.copyOf(versions);
  }

  /**
   * What is kept of a service, or null where what is kept stays as it is. Also while its key cannot
   * be used: the last valid version may be one that no leader before this one had seen.
   */
  @Nullable Versions versionsOf(String name) {
    Versions known = entries.containsKey(name) ? versions.get(name) : null;
    Meaning meaning = meanings.get(name);
    return known == null || meaning == null
        ? known
        : known.meaning(meaning.specHash(), meaning.digest());
  }

  /** A tag was pulled, and meant this; the first word counts, once it is written. */
  void meant(String name, String specHash, String digest) {
    Service present = services.get(name);
    if (present != null
        && present.specHash().equals(specHash)
        && present.container().seeksDigest()) {
      meanings.putIfAbsent(name, new Meaning(specHash, digest));
      changed.service(name);
    }
  }

  /** Services of which it is known what their tag means, and not written yet. */
  Set<String> meanings() {
    return meanings.keySet();
  }
}
