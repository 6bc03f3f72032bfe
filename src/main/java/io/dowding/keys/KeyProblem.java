package io.dowding.keys;

import io.dowding.model.Printable;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code status/problems/<key>}: a key below the base key that cannot be used. Service keys are not
 * included; the service's status reports them.
 *
 * @param fix what to do about it
 */
public record KeyProblem(String problem, String fix) {

  /** How the problem of a key whose name is wrong, whatever its value, begins. */
  public static final String NAME = "the name after the / ";

  /** How the problem of a value that cannot be decrypted begins. */
  public static final String ENCRYPTED = "cannot be decrypted: ";

  private static final int MOST = 100;
  private static final int LONGEST_KEY = 200;
  private static final int LONGEST = 1000;
  private static final int LONGEST_BEGINNING = 60;

  /** In place of bytes that are not UTF-8. */
  private static final char UNREADABLE = '\ufffd';

  /** The keys to write for these problems, limited to what a person can read. */
  public static SortedMap<String, KeyProblem> all(String base, SortedMap<String, String> problems) {
    SortedMap<String, KeyProblem> all = new TreeMap<>();
    for (Map.Entry<String, String> one : problems.entrySet()) {
      String key = one.getKey();
      if (all.size() == MOST) {
        all.put(
            Key.PROBLEMS + "more",
            new KeyProblem(
                (problems.size() - MOST) + " more keys cannot be used",
                "fix or delete the others to see these"));
        break;
      }
      String shown = Printable.of(key, LONGEST_KEY);
      String unique = shown.equals(key) ? key : shown + "~" + Integer.toHexString(key.hashCode());
      all.put(
          Key.PROBLEMS + unique,
          new KeyProblem(
              Printable.of(one.getValue(), LONGEST),
              fix(key, one.getValue(), delete(base + "/" + key))));
    }
    return all;
  }

  private static String fix(String key, String problem, String delete) {
    boolean isKept = key.startsWith(Key.VERSIONS);
    if (problem.startsWith(ENCRYPTED)) {
      return "add that key under encryption in the agent's configuration and restart it, or "
          + (isKept
              ? "give up the definitions kept for a rollback: " + delete + ", then restart it"
              : "set it again: dowding secret set " + key.substring(Key.SECRETS.length()));
    }
    if (problem.startsWith(NAME)) {
      return "put its value under a valid name, and delete this key: " + delete;
    }
    return isKept || key.startsWith(Key.STATUS)
        ? "check the size of this value and the rights of the agent's etcd user"
        : "put a valid value, or delete the key: " + delete;
  }

  /** The command that deletes a key, for a shell, whatever its name contains. */
  private static String delete(String key) {
    if (key.length() > LONGEST_KEY || key.indexOf(UNREADABLE) >= 0) {
      int bad = key.indexOf(UNREADABLE);
      String beginning =
          key.substring(0, Math.min(bad < 0 ? key.length() : bad, LONGEST_BEGINNING));
      return "etcdctl get --prefix --keys-only "
          + quoted(beginning)
          + " | od -c shows its whole name, and etcdctl del $'…' deletes it";
    }
    return "etcdctl del " + quoted(key);
  }

  private static String quoted(String key) {
    boolean isPlain = key.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '\'' && c != '\\');
    if (isPlain) {
      return "'" + key + "'";
    }
    StringBuilder text = new StringBuilder("$'");
    key.codePoints()
        .forEach(
            c -> {
              if (c < ' ' || c == '\'' || c == '\\') {
                text.append(String.format(Locale.ROOT, "\\x%02x", c));
              } else if (c > '~') {
                text.append(String.format(Locale.ROOT, "\\U%08x", c));
              } else {
                text.append((char) c);
              }
            });
    return text.append('\'').toString();
  }
}
