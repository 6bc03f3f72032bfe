package io.dowding.control;

import io.dowding.model.Names;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Everything that may differ from the last plan's input. */
final class Changed {

  /** Services whose definition, record, container, pin or call changed. */
  final Set<String> services = new TreeSet<>();

  /** Projects in which a service was added, changed or removed. */
  final Set<String> projects = new HashSet<>();

  /** Hosts that reported something, or whose timers are due. */
  final Set<String> hosts = new TreeSet<>();

  /** Hosts whose recorded jobs changed, or whose jobs have new definitions. */
  final Set<String> loads = new TreeSet<>();

  /** Services with a new definition; the load of their hosts changes. */
  final Set<String> redefined = new HashSet<>();

  /** Hosts that can take calls again. */
  final Set<String> slots = new HashSet<>();

  private boolean everything = true;

  /** After a list of all keys: anything may have changed. */
  void everything() {
    everything = true;
  }

  boolean isEverything() {
    return everything;
  }

  void service(String name) {
    services.add(name);
  }

  void redefined(String name) {
    services.add(name);
    redefined.add(name);
  }

  void project(String name) {
    projects.add(name);
  }

  void job(String job) {
    services.add(Names.serviceOf(job));
  }

  void host(String hostname) {
    hosts.add(hostname);
  }

  void load(String hostname) {
    loads.add(hostname);
  }

  void slot(String hostname) {
    slots.add(hostname);
  }

  void clear() {
    everything = false;
    services.clear();
    projects.clear();
    hosts.clear();
    loads.clear();
    redefined.clear();
    slots.clear();
  }
}
