package io.dowding.keys;

import io.dowding.model.Printable;
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

  /** How the problem of a value that cannot be decrypted begins. */
  public static final String ENCRYPTED = "cannot be decrypted: ";

  private static final int MOST = 100;
  private static final int LONGEST_KEY = 200;
  private static final int LONGEST = 1000;

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
              fix(key, one.getValue(), "etcdctl del '" + base + "/" + shown + "'")));
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
    return isKept || key.startsWith(Key.STATUS)
        ? "check the size of this value and the rights of the agent's etcd user"
        : "put a valid value, or delete the key: " + delete;
  }
}
