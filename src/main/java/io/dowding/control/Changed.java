package io.dowding.control;

import io.dowding.model.Names;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** What may be otherwise than it was planned with, by all that was heard since. */
final class Changed {

  /** Services with a definition, record, container, pin or call that is another one. */
  final Set<String> services = new TreeSet<>();

  /** Projects with a service that was defined otherwise, that came, or that went. */
  final Set<String> projects = new HashSet<>();

  /** Hosts of which something was heard, or that something is to be heard of by now. */
  final Set<String> hosts = new TreeSet<>();

  /** Hosts on which other jobs are recorded, or the same ones ask for something else. */
  final Set<String> loads = new TreeSet<>();

  /** Services that ask for something else; their hosts are loaded otherwise. */
  final Set<String> redefined = new HashSet<>();

  /** Hosts that can take calls again. */
  final Set<String> slots = new HashSet<>();

  private boolean everything = true;

  /** As after a list of all keys: nothing is known to be as it was. */
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

  /** All of it has been looked at. */
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
