package io.dowding.fuzz;

import io.dowding.etcd.KeyLister;
import io.dowding.etcd.KeyReader;
import io.dowding.etcd.Keyring;
import io.dowding.etcd.Kv;
import io.dowding.etcd.SealedKv;
import java.util.List;
import java.util.SplittableRandom;

/** Reads any key below the base key, both from a list and from a watch. */
final class KeyTarget implements Target {

  static final String BASE = "/b";
  private static final Keyring KEYRING = Keyring.EMPTY.with("a", new byte[32]);

  @Override
  public String name() {
    return "key";
  }

  @Override
  public Input input(SplittableRandom random) {
    Mutations mutations = new Mutations(random);
    Examples.Example example = Examples.KEYS.get(random.nextInt(Examples.KEYS.size()));
    String key =
        random.nextInt(20) > 0
            ? example.key()
            : example.key().substring(0, example.key().indexOf('/') + 1) + mutations.text();
    return new Input(key, mutations.of(example.value()));
  }

  static Kv.Entry entry(String key, byte[] value) {
    return new Kv.Entry(BASE + "/" + key, value, 9, 9);
  }

  @Override
  public void read(Input input) {
    Kv.Entry entry = entry(input.name(), input.value());
    var _ = new KeyLister(BASE).list(new SealedKv(new OneKey(List.of(entry)), BASE, KEYRING), true);
    boolean told = KeyReader.of(BASE, new Kv.Change(entry.key(), entry, 9)).isPresent();
    if (!told) {
      var _ = new KeyLister(BASE).list(new OneKey(List.of(entry)), true);
    }
    var _ = KeyReader.of(BASE, new Kv.Change(entry.key(), null, 10));
  }
}
