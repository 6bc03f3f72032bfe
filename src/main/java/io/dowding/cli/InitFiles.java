package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.compose.InventoryReader;
import io.dowding.compose.TextFile;
import io.dowding.etcd.EtcdSettings;
import io.dowding.model.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The configuration and the inventory of this machine. An inventory that is still the sample, or
 * missing, becomes a file of its own, which the agent reads again when it changes. A person's own
 * stays, with the new hosts at its end.
 */
final class InitFiles {

  static final Path INVENTORY = Path.of("/etc/dowding/inventory.yaml");

  private static final String HEADER =
      "# The hosts, as in dowding.yaml. The agent reads this file again when it changes.\n";

  private final Path configuration;
  private final Config config;

  /** The file with the hosts; the configuration itself if they are in it. */
  private final Path place;

  private final boolean isSample;

  /**
   * Reads the configuration.
   *
   * @param inventory the file for hosts of a configuration that names none
   * @throws IllegalArgumentException naming the file, the line and the setting
   */
  InitFiles(Path configuration, Path inventory) {
    this.configuration = configuration;
    this.config = Config.read(configuration, Map.of());
    JsonNode named = config.inventory();
    if (named == null || (named.isArray() && ConfigEdit.isSample(InventoryReader.read(named)))) {
      this.isSample = true;
      this.place = inventory;
    } else {
      this.isSample = false;
      this.place =
          named.path("file").isTextual() ? Path.of(named.path("file").asText()) : configuration;
    }
  }

  /**
   * @throws IllegalStateException if the hosts are not in a file
   */
  void mustBeUsable() {
    JsonNode named = config.inventory();
    if (named != null && named.path("etcd").asBoolean()) {
      throw new IllegalStateException(
          configuration
              + " has the inventory in etcd: add hosts with etcdctl put "
              + config.base()
              + "/inventory/<hostname>; see \"Hosts through SSH\" in reference.md for what each needs");
    }
  }

  /** The hosts of the inventory; none if it is only the sample. */
  SortedMap<String, Host> hosts() {
    if (place.equals(configuration)) {
      return config.hosts(Map.of());
    }
    return Files.exists(place) ? InventoryReader.read(place) : new TreeMap<>();
  }

  /** Where etcd is; at this URL if there is one. */
  EtcdSettings etcd(@Nullable String url) {
    EtcdSettings now = config.etcdSettings();
    return url == null ? now : now.at(EtcdSettings.endpoints(List.of(url)));
  }

  /**
   * Changes of files that were not made yet.
   *
   * @param texts the new text of each file
   * @param words what changes, a line each
   * @param toConfirm what a person must agree to, because the file is theirs
   */
  record Change(
      Path configuration, Map<Path, String> texts, List<String> words, List<String> toConfirm) {

    /** Writes them, and returns what was done. */
    List<String> write() throws IOException {
      for (Map.Entry<Path, String> one : texts.entrySet()) {
        replace(one.getKey(), one.getValue());
      }
      return words.stream().map(line -> "done: " + line).toList();
    }

    /** At once; a new file gets the owner and the permissions of the configuration. */
    private void replace(Path file, String text) throws IOException {
      Path like = Files.exists(file) ? file : configuration;
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(fresh);
      PrivateFiles.make(fresh);
      Files.writeString(fresh, text);
      PosixFileAttributes as = Files.readAttributes(like, PosixFileAttributes.class);
      var view =
          Objects.requireNonNull(Files.getFileAttributeView(fresh, PosixFileAttributeView.class));
      view.setOwner(as.owner());
      view.setGroup(as.group());
      view.setPermissions(as.permissions());
      if (file.equals(configuration)) {
        Config.read(fresh, Map.of());
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /**
   * What becomes of the files with these hosts and this etcd.
   *
   * @param added the engines of new hosts by name
   * @throws IllegalStateException with what to do by hand, if a file has an unusual form
   */
  Change change(SortedMap<String, String> added, @Nullable String etcdUrl) throws IOException {
    Map<Path, String> texts = new LinkedHashMap<>();
    List<String> words = new ArrayList<>();
    List<String> toConfirm = new ArrayList<>();
    if (!added.isEmpty()) {
      String names = String.join(", ", added.keySet());
      words.add("add " + names + " to " + place);
      texts.put(place, withHosts(added));
      if (place.equals(configuration)) {
        toConfirm.add("add these lines to the inventory in " + place + ":");
        toConfirm.addAll(ConfigEdit.items("    ", added));
      }
    }
    if (isSample) {
      words.add("let " + configuration + " take its inventory from that file");
      texts.put(configuration, ConfigEdit.withInventoryFile(TextFile.read(configuration), place));
    }
    List<String> endpoints = config.etcdSettings().endpoints();
    if (etcdUrl != null && !endpoints.equals(etcd(etcdUrl).endpoints())) {
      String line = "set etcd.endpoints in " + configuration + " to " + etcdUrl;
      words.add(line);
      if (!endpoints.equals(List.of(Init.LOCAL_ETCD))) {
        toConfirm.add(line + ", instead of " + String.join(", ", endpoints));
      }
      String now = texts.get(configuration);
      String text = ConfigEdit.withEtcd(now == null ? TextFile.read(configuration) : now, etcdUrl);
      if (text == null) {
        throw new IllegalStateException(line + " by hand, then run this again");
      }
      texts.put(configuration, text);
    }
    return new Change(configuration, texts, words, toConfirm);
  }

  private String withHosts(SortedMap<String, String> added) throws IOException {
    String now = Files.exists(place) ? TextFile.read(place) : HEADER;
    String text = ConfigEdit.withHosts(now, hosts(), added);
    if (text == null) {
      throw new IllegalStateException(
          "the inventory in "
              + place
              + " is not a list with a line for each item; add these lines to it by hand, then run this"
              + " again:\n"
              + String.join("\n", ConfigEdit.items("  ", added)));
    }
    return text;
  }
}
