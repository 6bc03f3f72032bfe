package io.dowding.keys;

import io.dowding.model.Printable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code status/problems/<key>}: a key below the base key that cannot be used. A service's own key
 * is not among them, for its status tells.
 *
 * @param fix what to do about it
 */
public record KeyProblem(String problem, String fix) {

  private static final int MOST = 100;
  private static final int LONGEST_KEY = 200;
  private static final int LONGEST = 1000;

  /** The keys that tell of these problems, so many that a person may still read them. */
  public static SortedMap<String, KeyProblem> all(String base, SortedMap<String, String> problems) {
    SortedMap<String, KeyProblem> all = new TreeMap<>();
    for (Map.Entry<String, String> one : problems.entrySet()) {
      String key = one.getKey();
      if (all.size() == MOST) {
        all.put(
            Key.PROBLEMS + "more",
            new KeyProblem(
                (problems.size() - MOST) + " more keys cannot be used",
                "repair or delete the others, then these are shown"));
        break;
      }
      String shown = Printable.of(key, LONGEST_KEY);
      String unique = shown.equals(key) ? key : shown + "~" + Integer.toHexString(key.hashCode());
      all.put(
          Key.PROBLEMS + unique,
          new KeyProblem(
              Printable.of(one.getValue(), LONGEST),
              key.startsWith(Key.STATUS) || key.startsWith(Key.VERSIONS)
                  ? "see the size of this value and the rights of the agent's user in etcd"
                  : "put a value that can be used, or delete the key: etcdctl del '"
                      + base
                      + "/"
                      + shown
                      + "'"));
    }
    return all;
  }
}
