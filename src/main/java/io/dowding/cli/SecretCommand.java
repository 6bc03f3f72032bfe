package io.dowding.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdKeys.Step;
import io.dowding.etcd.EtcdKeys.Value;
import io.dowding.etcd.Sealing;
import io.dowding.keys.Key;
import io.dowding.model.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code secret}: like writing the keys, but encrypted if there are keys for that. */
@Command(
    name = "secret",
    description = "Sets, lists, removes and encrypts secrets. Never prints one.",
    footer = {"Example:", "  dowding secret list"},
    mixinStandardHelpOptions = true,
    subcommands = {
      SecretCommand.Put.class,
      SecretCommand.ListAll.class,
      SecretCommand.Remove.class,
      SecretCommand.Rotate.class
    })
final class SecretCommand {

  private static final String NO_KEY =
      "there is no key to encrypt with; add one under encryption in ";

  /** The first argument. */
  static final class Name {
    @Parameters(
        index = "0",
        paramLabel = "NAME",
        completionCandidates = Completion.Secrets.class,
        description = "The name of the secret.")
    private String name = "";

    String key() {
      return Key.SECRETS + name;
    }
  }

  @Command(
      name = "set",
      description = {
        "Adds or changes a secret: the bytes of the standard input, exactly, with any line break at"
            + " their end. Jobs of services that use it are replaced."
      },
      footer = {"Example:", "  head -c 24 /dev/urandom | base64 | dowding secret set db_password"},
      mixinStandardHelpOptions = true)
  static final class Put extends EtcdCommand {
    @Mixin private final Name name = new Name();

    @Override
    int run() throws IOException {
      byte[] value = System.in.readNBytes(Service.MOST_BYTES + 1);
      if (value.length == 0) {
        throw new IllegalArgumentException(
            "the standard input is empty; nothing was changed: dowding secret set %s < FILE"
                .formatted(name.name));
      }
      if (value.length > Service.MOST_BYTES) {
        throw new IllegalArgumentException(
            "the standard input has more than the %d bytes allowed; nothing was changed"
                .formatted(Service.MOST_BYTES));
      }
      String key = name.key();
      var results = scheduler().edit(edit -> edit.putContent(key, value));
      String what = ChangeCommand.word(requireNonNull(results.get(key)));
      String first = config().etcdSettings().encryption().first();
      say(
          "%s: %s, %s".formatted(name.name, what, SecretCommand.encrypted(first)),
          Map.of("name", name.name, "result", what, "encryptedWith", first));
      return 0;
    }
  }

  /** A secret, without its value. */
  private record Seen(
      String name,
      @Nullable Integer bytes,
      String encryptedWith,
      List<String> usedBy,
      @Nullable String problem) {}

  @Command(
      name = "list",
      description = "Lists all secrets: size, encryption, and the services that use them.",
      footer = {"Example:", "  dowding secret list --json"},
      mixinStandardHelpOptions = true)
  static final class ListAll extends KeysCommand {
    @Override
    int run(EtcdKeys keys) throws JsonProcessingException {
      SortedMap<String, SortedSet<String>> users = SecretUsers.all(keys);
      List<Seen> all = new ArrayList<>();
      Table table = new Table("NAME", "SIZE", "ENCRYPTION", "USED BY");
      keys.values(Key.SECRETS)
          .forEach(
              (key, value) -> {
                Seen seen = seen(key, value, users);
                all.add(seen);
                table.row(
                    seen.name(),
                    seen.bytes() == null ? "-" : Sizes.of(seen.bytes()),
                    seen.problem() == null
                        ? SecretCommand.encrypted(seen.encryptedWith())
                        : seen.problem(),
                    String.join(", ", seen.usedBy()));
              });
      return say(table, all);
    }

    private static Seen seen(String key, Value value, SortedMap<String, SortedSet<String>> users) {
      String problem = value.sealing().problem();
      return new Seen(
          key.substring(Key.SECRETS.length()),
          problem == null ? value.content().size() : null,
          String.join(", ", value.sealing().keys()),
          List.copyOf(SecretUsers.of(users, key)),
          problem);
    }
  }

  private static String encrypted(String with) {
    return with.equals(Sealing.PLAIN) ? "not encrypted" : "encrypted with " + with;
  }

  @Command(
      name = "remove",
      description = {"Removes a secret that no service uses.", "Exit status: 1 if there was none."},
      footer = {"Example:", "  dowding secret remove db_password"},
      mixinStandardHelpOptions = true)
  static final class Remove extends EtcdCommand {
    @Mixin private final Name name = new Name();

    @Option(
        names = "--force",
        description =
            "Also if services use it: their jobs run on, but nothing can be changed about them.")
    private boolean force;

    @Override
    int run() throws JsonProcessingException {
      String key = name.key();
      boolean was =
          scheduler()
              .edit(
                  edit -> {
                    SortedSet<String> users = SecretUsers.of(SecretUsers.all(edit.services()), key);
                    if (!force && !users.isEmpty()) {
                      throw new IllegalArgumentException(
                          "%s is used by %s; change them first, or use --force"
                              .formatted(name.name, String.join(", ", users)));
                    }
                    edit.remove(key);
                  })
              .containsKey(key);
      say(
          name.name + (was ? " is removed" : " did not exist"),
          Map.of("name", name.name, "was", was));
      return was ? 0 : NO;
    }
  }

  @Command(
      name = "rotate",
      description = {
        "Encrypts all secrets, and those in kept definitions, with the first key of the"
            + " configuration, unless they are already. Restart all agents with that key first.",
        "Exit status: 1 if some cannot be decrypted."
      },
      footer = {"Example:", "  dowding secret rotate"},
      mixinStandardHelpOptions = true)
  static final class Rotate extends EtcdCommand {

    private static final int MOST_TRIES = 10;

    private int written;
    private final SortedMap<String, String> problems = new TreeMap<>();

    @Override
    int run() throws JsonProcessingException {
      EtcdKeys keys = keys();
      if (!keys.encrypts()) {
        throw new IllegalArgumentException(NO_KEY + configFile());
      }
      int all = 0;
      for (String prefix : List.of(Key.SECRETS, Key.VERSIONS)) {
        for (var one : keys.values(prefix).entrySet()) {
          all += one.getValue().sealing().keys().isEmpty() ? 0 : 1;
          rotate(keys, one.getKey(), one.getValue());
        }
      }
      Map<String, Object> value = new TreeMap<>(Map.of("written", written, "all", all));
      value.put("key", config().etcdSettings().encryption().first());
      value.put("problems", problems);
      List<String> lines = new ArrayList<>();
      lines.add("%d of %d values written with key %s".formatted(written, all, value.get("key")));
      problems.forEach((key, problem) -> lines.add(key + ": " + problem));
      say(lines, value);
      if (written > 0 && !json()) {
        talk()
            .line(
                "etcd keeps what was there before until you compact and defragment it; backups keep"
                    + " it, too");
      }
      return problems.isEmpty() ? 0 : NO;
    }

    /** The agents write, too: what they wrote meanwhile is read again. */
    private void rotate(EtcdKeys keys, String key, Value found) {
      Value value = found;
      for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
        String problem = value.sealing().problem();
        if (problem != null) {
          problems.put(key, problem);
          return;
        }
        if (value.sealing().isCurrent()) {
          return;
        }
        if (keys.commit(List.of(new Step.Put(key, value.revision(), value.content())))) {
          written++;
          return;
        }
        Value again = keys.get(key).orElse(null);
        if (again == null) {
          return;
        }
        value = again;
      }
      problems.put(key, "others kept changing it; try again");
    }
  }
}
