package io.dowding.model;

import org.jspecify.annotations.Nullable;

/**
 * A file that is copied into a container before its first start.
 *
 * @param key the etcd key with its content, such as {@code configs/site}; for inline content, its
 *     name in the definition
 * @param inline whether the content is part of the definition
 * @param target the absolute path in the container
 * @param uid and {@code gid}: its owner there
 * @param mode Unix permissions
 * @param content null if the key's content is not known
 */
public record ContainerFile(
    String key,
    boolean inline,
    String target,
    int uid,
    int gid,
    int mode,
    @Nullable Content content) {

  ContainerFile with(@Nullable Content found) {
    return new ContainerFile(key, inline, target, uid, gid, mode, found);
  }
}
