/**
 * jetcd behind {@link io.dowding.control.Store}. {@link io.dowding.etcd.EtcdStore} writes, each
 * time in one transaction that compares what it rests on; {@link io.dowding.etcd.KeyWatch} lists
 * and watches, and trusts no watch that it has not heard from; {@link io.dowding.etcd.KeyReader}
 * turns keys and values into what they mean.
 */
@NullMarked
package io.dowding.etcd;

import org.jspecify.annotations.NullMarked;
