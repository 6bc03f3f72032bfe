/**
 * Implements {@link io.dowding.control.Store} with jetcd. {@link io.dowding.etcd.Kv} is the part of
 * etcd that is used, and {@link io.dowding.etcd.Etcd} implements it. {@link
 * io.dowding.etcd.Transactions} are the leader's writes; each compares the keys that it depends on,
 * including the leader's candidacy, which {@link io.dowding.etcd.Candidacy} renews. {@link
 * io.dowding.etcd.KeyWatch} decides when to list and when to watch, and whether a watch is alive.
 * {@link io.dowding.etcd.KeyReader} parses keys and values. {@link io.dowding.etcd.SealedKv}
 * encrypts secrets on their way into etcd, and decrypts them on their way out.
 */
@NullMarked
package io.dowding.etcd;

import org.jspecify.annotations.NullMarked;
