package io.dowding.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A control node and hosts that know only the commands of {@code init}. */
final class FakeShell implements Shell {

  /** The key of every host, and its fingerprint. */
  static final String HOST_KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIGZha2U=";

  static final String KEY = "ssh-ed25519 AAAAowner= dowding";

  /** One host. */
  static final class Machine {
    String name = "";
    boolean reachable = true;
    boolean docker = true;
    boolean apt = true;
    String uid = "0";
    String groups = "root";
    boolean sudo = true;
    String scanned = HOST_KEY;
    final List<String> authorized = Collections.synchronizedList(new ArrayList<>());
    final List<String> changes = Collections.synchronizedList(new ArrayList<>());
  }

  final Map<String, Machine> machines = new HashMap<>();
  final List<String> known = Collections.synchronizedList(new ArrayList<>());
  final List<String> local = Collections.synchronizedList(new ArrayList<>());
  boolean hasPackage = true;
  boolean hasEtcd = true;

  Machine machine(String address, String name) {
    Machine machine = new Machine();
    machine.name = name;
    machines.put(address, machine);
    return machine;
  }

  private static Result good(String output) {
    return new Result(0, output, "");
  }

  private static Result bad(int exit, String errors) {
    return new Result(exit, "", errors);
  }

  @Override
  public Result run(String input, List<String> command) {
    String line = String.join(" ", command);
    String user = line.startsWith("runuser -u dowding -- ") ? "dowding" : "";
    List<String> rest = user.isEmpty() ? command : command.subList(4, command.size());
    return switch (rest.getFirst()) {
      case "ssh" -> user.isEmpty() ? person(input, rest) : agent(rest);
      case "ssh-keyscan" -> scan(rest.getLast());
      case "mktemp" -> good("/tmp/place\n");
      case "cat" -> good(log(rest.getLast()));
      case "id" -> hasPackage ? good("64321") : bad(1, "no such user");
      case "sh" -> shell(input, line);
      case "systemctl" -> {
        if (!line.contains(" cat ")) {
          local.add(line);
        }
        yield good("");
      }
      case "rm" -> good("");
      default -> throw new AssertionError(line);
    };
  }

  private final Map<String, Machine> logins = new HashMap<>();

  private static String host(List<String> command) {
    return command.get(command.indexOf("--") + 1);
  }

  private Machine of(List<String> command) {
    Machine machine = machines.get(host(command));
    if (machine == null) {
      throw new AssertionError(command.toString());
    }
    return machine;
  }

  private Result person(String input, List<String> command) {
    Machine machine = of(command);
    if (command.contains("-G")) {
      String user = command.contains("-l") ? command.get(command.indexOf("-l") + 1) : "root";
      String port = command.contains("-p") ? command.get(command.indexOf("-p") + 1) : "22";
      return good("user " + user + "\nhostname " + host(command) + "\nport " + port + "\n");
    }
    if (command.contains("-M")) {
      logins.put(command.get(command.indexOf("-E") + 1), machine);
      return machine.reachable ? good("") : bad(255, "");
    }
    if (command.contains("-O")) {
      return good("");
    }
    return remote(machine, input, command.getLast());
  }

  private String log(String file) {
    Machine machine = logins.get(file);
    return machine != null && machine.reachable
        ? "debug1: Server host key: ssh-ed25519 " + FINGERPRINT + "\n"
        : "debug1: Connecting\nssh: connect to host: Connection refused\n";
  }

  private static final String FINGERPRINT = "SHA256:" + hash();

  private static String hash() {
    try {
      return java.util.Base64.getEncoder()
          .withoutPadding()
          .encodeToString(
              java.security.MessageDigest.getInstance("SHA-256")
                  .digest(java.util.Base64.getDecoder().decode(HOST_KEY)));
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Result remote(Machine machine, String input, String line) {
    if (line.equals(HostFacts.ASK)) {
      return good(
          "Welcome!\nname="
              + machine.name
              + "\nuid="
              + machine.uid
              + "\ngroups="
              + machine.groups
              + (machine.sudo ? "\nsudo=yes" : "")
              + (machine.apt ? "\napt=yes" : "")
              + (machine.docker ? "\ndocker=Docker version 20.10.24, build 1" : "")
              + "\nend=yes\n");
    }
    if (line.equals(ControlNode.AUTHORIZE)) {
      machine.authorized.add(input);
      return good("");
    }
    machine.changes.add(line);
    if (line.contains("docker.io")) {
      machine.docker = true;
    } else if (line.contains("usermod")) {
      machine.groups += " docker";
    }
    return good("");
  }

  private Result scan(String address) {
    Machine machine = machines.get(address);
    return machine == null
        ? bad(1, "")
        : good("# a comment\n" + address + " ssh-ed25519 " + machine.scanned + "\n");
  }

  /** Logs in only with what init has given it. */
  private Result agent(List<String> command) {
    Machine machine = of(command);
    if (known.stream().noneMatch(line -> line.contains(host(command)))) {
      return bad(255, "Host key verification failed.");
    }
    if (!machine.authorized.contains(KEY)) {
      return bad(255, "root@x: Permission denied (publickey).");
    }
    boolean may = machine.uid.equals("0") || machine.groups.contains("docker");
    return !machine.docker
        ? bad(127, "sh: docker: not found")
        : may ? good("20.10.24\n") : bad(1, "permission denied");
  }

  private Result shell(String input, String line) {
    if (line.contains("ssh-keygen -q")) {
      return good(KEY + "\n");
    }
    if (line.contains("known_hosts")) {
      known.add(input);
    } else if (line.contains("command -v etcd")) {
      return hasEtcd ? good("/usr/bin/etcd") : bad(1, "");
    } else if (line.contains("etcd-server")) {
      local.add("install etcd");
      hasEtcd = true;
    }
    return good("");
  }
}
