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
              key.startsWith(Key.STATUS) || key.startsWith(Key.VERSIONS)
                  ? "check the size of this value and the rights of the agent's etcd user"
                  : "put a valid value, or delete the key: etcdctl del '"
                      + base
                      + "/"
                      + shown
                      + "'"));
    }
    return all;
  }
}
