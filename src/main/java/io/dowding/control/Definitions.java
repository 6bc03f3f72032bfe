package io.dowding.control;

import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.keys.Versions;
import io.dowding.keys.Versions.Definition;
import io.dowding.model.ContainerFile;
import io.dowding.model.Content;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import io.dowding.plan.Projects;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Desired services, with the configs and secrets that they use and what is kept of earlier
 * versions. A service that cannot be used keeps its last valid version.
 */
final class Definitions {

  /** A service's key as written, usable or not. */
  record Entry(@Nullable Service valid, String problem, String json, long revision) {}

  /** The digest of a tag, for containers with this hash; the first one, or one it moved to. */
  private record Meaning(String specHash, String digest, boolean moved) {}

  private final Policy policy;
  private final Changed changed;
  private final SortedMap<String, Entry> entries = new TreeMap<>();
  private final Map<String, StoreChange.OfService> written = new HashMap<>();
  private final SortedMap<String, Content> contents = new TreeMap<>();
  private final Map<String, String> contentProblems = new HashMap<>();
  private final Map<String, Long> contentRevisions = new HashMap<>();
  private final Map<String, Versions> versions = new HashMap<>();
  private final Map<String, Meaning> meanings = new HashMap<>();
  private final SortedMap<String, Service> services = new TreeMap<>();
  private final Projects projects = new Projects();
  private final Map<String, Long> revisions = new HashMap<>();
  private final Set<String> untouchable = new HashSet<>();

  /** Services by the key of a config or secret that they use. */
  private final Map<String, Set<String>> users = new HashMap<>();

  Definitions(Policy policy, Changed changed) {
    this.policy = policy;
    this.changed = changed;
  }

  /** Each service in its effective version. */
  SortedMap<String, Service> services() {
    return services;
  }

  /** The same, by their Compose project. */
  Projects projects() {
    return projects;
  }

  /** The effective version, or the last one of a deleted service while any part of it is left. */
  @Nullable Service last(String name) {
    Service present = services.get(name);
    Versions known = versions.get(name);
    return present != null || known == null ? present : known.effective();
  }

  SortedMap<String, Entry> entries() {
    return entries;
  }

  /** The revisions of all configs and secrets. */
  Map<String, Long> contentRevisions() {
    return contentRevisions;
  }

  /** Services whose key cannot be used and that have no valid version. */
  Set<String> untouchable() {
    return untouchable;
  }

  /** The revisions of all service keys, usable or not. */
  Map<String, Long> revisions() {
    return revisions;
  }

  /** A service's key or its effective version may have changed. */
  private void changed(String name) {
    changed.redefined(name);
    projects.put(name, services.get(name)).forEach(changed::project);
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

  /** A config or secret changed, and with it the definition of each service that uses it. */
  void content(StoreChange.OfContent change, Consumer<String> redefined) {
    String key = change.key();
    Content now = change.value() instanceof Parsed.Valid<Content>(Content valid) ? valid : null;
    Content before = put(contents, key, now);
    put(contentRevisions, key, change.value() == null ? null : change.revision());
    String problem = Parsed.problem(change.value());
    String problemBefore = put(contentProblems, key, problem);
    if (Objects.equals(before, now) && Objects.equals(problemBefore, problem)) {
      return;
    }
    for (String name : users.getOrDefault(key, Set.of())) {
      StoreChange.OfService service = written.get(name);
      if (service != null) {
        read(service, redefined);
      }
    }
  }

  /** Null removes. Returns what was there. */
  private static <T> @Nullable T put(Map<String, T> map, String key, @Nullable T value) {
    return value == null ? map.remove(key) : map.put(key, value);
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
   * @return whether it existed
   */
  boolean deleted(String name) {
    uses(written.remove(name), false);
    services.remove(name);
    meanings.remove(name);
    // A service that returns under this name is a new one.
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
    Service after = of.effective();
    services.put(name, after);
    changed(name);
    if (before != null && !before.specHash().equals(after.specHash())) {
      meanings.remove(name);
      redefined.accept(name);
    }
  }

  /**
   * Only leaders know what was good and what failed. The last valid version comes from the watch.
   */
  void recall(String name, Versions left) {
    Versions known = versions.get(name);
    boolean isNewer =
        known != null
            && known.valid().service().generation() >= left.valid().service().generation();
    Versions all = known != null && isNewer ? left.withValid(known.valid()) : left;
    if (refusal(all.valid().service()).isEmpty()) {
      versions.put(
          name,
          new Versions(
              all.valid(),
              allowed(all.good()),
              all.failed(),
              all.earlier(),
              all.bad(),
              all.replaced()));
    }
  }

  private @Nullable Definition allowed(@Nullable Definition good) {
    return good == null || refusal(good.service()).isEmpty() ? good : null;
  }

  /** What this leader keeps of a service was written; it takes effect now. */
  void kept(String name, Versions now, Consumer<String> redefined) {
    changed.service(name);
    Versions known = versions.get(name);
    if (known != null && entries.containsKey(name)) {
      versions.put(name, now.withValid(known.valid()));
      enforce(name, services.get(name), redefined);
    }
    Service effective = services.get(name);
    Meaning meaning = meanings.get(name);
    Versions after = versions.get(name);
    // Jobs of this version may have started before the digest of its tag was known.
    boolean isSought = effective != null && effective.container().seeksDigest();
    boolean isToMove =
        meaning != null && meaning.moved() && after != null && after.follows(meaning.digest());
    if (!isSought && !isToMove) {
      meanings.remove(name);
    }
  }

  /**
   * A service that lacks a config or secret, or that the policy refuses, is as invalid as an
   * unreadable one. If the check itself fails the service is invalid too, and no other is affected.
   */
  private Parsed<Service> usable(@Nullable Parsed<Service> value, String json) {
    try {
      return checked(value, json);
    } catch (RuntimeException | StackOverflowError beyond) {
      return new Parsed.Invalid<>(
          "cannot be checked (" + beyond + "); please report this, and simplify the definition");
    }
  }

  private Parsed<Service> checked(@Nullable Parsed<Service> value, String json) {
    return switch (value) {
      case null -> new Parsed.Invalid<>("does not exist");
      case Parsed.Invalid<Service> invalid -> invalid;
      case Parsed.Valid<Service>(Service bare) -> {
        Service service = bare.withContents(contents);
        List<String> missing = service.missingContents();
        String refusal = refusal(service);
        if (!missing.isEmpty()) {
          yield new Parsed.Invalid<>(
              missing.stream().map(this::unusable).collect(Collectors.joining("; ")));
        }
        if (size(service, json) > Service.MOST_BYTES) {
          yield new Parsed.Invalid<>(
              "the service with its configs and secrets is larger than the "
                  + Service.MOST_BYTES
                  + " bytes allowed; move large content into the image or a volume");
        }
        yield refusal.isEmpty() ? new Parsed.Valid<>(service) : new Parsed.Invalid<>(refusal);
      }
    };
  }

  private String unusable(String key) {
    String problem = contentProblems.get(key);
    return key + (problem == null ? ": not in etcd; put the content there" : ": " + problem);
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
   * What to keep of a service, or null to leave it unchanged. Also needed while its key cannot be
   * used: no earlier leader may have seen the last valid version.
   */
  @Nullable Versions versionsOf(String name) {
    Versions known = entries.containsKey(name) ? versions.get(name) : null;
    Meaning meaning = meanings.get(name);
    return known == null || meaning == null || meaning.moved()
        ? known
        : known.meaning(meaning.specHash(), meaning.digest());
  }

  /** The same with what its tag was found to mean, if it follows that; to be kept, too. */
  Versions moved(String name, Versions known) {
    Meaning meaning = meanings.get(name);
    return meaning != null && meaning.moved() && known.follows(meaning.digest())
        ? known.movedTo(meaning.digest())
        : known;
  }

  /** A pulled tag resolved to this digest. The first digest that is written wins. */
  void meant(String name, String specHash, String digest) {
    Service present = services.get(name);
    if (present != null
        && present.specHash().equals(specHash)
        && present.container().seeksDigest()) {
      meanings.putIfAbsent(name, new Meaning(specHash, digest, false));
      changed.service(name);
    }
  }

  /**
   * A tag that is followed means this digest now. Nothing changes if it did before, or if that
   * digest failed.
   *
   * @param specHash of the containers that it was looked up for
   */
  void found(String name, String specHash, String digest) {
    Service present = services.get(name);
    Versions known = versions.get(name);
    if (present != null
        && known != null
        && present.specHash().equals(specHash)
        && known.follows(digest)) {
      meanings.put(name, new Meaning(specHash, digest, true));
      changed.service(name);
    }
  }

  /** Services whose digest is known but not yet written. */
  Set<String> meanings() {
    return meanings.keySet();
  }
}
