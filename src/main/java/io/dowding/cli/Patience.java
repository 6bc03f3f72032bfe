package io.dowding.cli;

import io.dowding.etcd.EtcdException;
import org.jspecify.annotations.Nullable;

/** Looks of commands that wait or watch: while etcd does not answer, they look again. */
final class Patience {

  private final Output talk;
  private boolean said;

  Patience(Output talk) {
    this.talk = talk;
  }

  /** A look at etcd. */
  @FunctionalInterface
  interface Look<T> {
    T look() throws Exception;
  }

  /**
   * Returns null if etcd does not answer, and says so once.
   *
   * @throws EtcdException if it refuses the request
   */
  <T> @Nullable T look(Look<T> at) throws Exception {
    try {
      T seen = at.look();
      said = false;
      return seen;
    } catch (EtcdException away) {
      if (away.isRefusal()) {
        throw away;
      }
      if (!said) {
        talk.line("etcd does not answer now; trying again");
        said = true;
      }
      return null;
    }
  }
}
