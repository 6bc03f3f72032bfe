/**
 * jetcd behind {@link io.dowding.control.Store}. {@link io.dowding.etcd.Kv} is as much of etcd as
 * is used, and {@link io.dowding.etcd.Etcd} that with jetcd. {@link io.dowding.etcd.Transactions}
 * are the leader's writes, each of which compares what it rests on, the leader's candidacy among
 * it; {@link io.dowding.etcd.Candidacy} renews that; {@link io.dowding.etcd.KeyWatch} lists and
 * watches, and trusts no watch that it has not heard from; {@link io.dowding.etcd.KeyReader} turns
 * keys and values into what they mean.
 */
@NullMarked
package io.dowding.etcd;

import org.jspecify.annotations.NullMarked;
