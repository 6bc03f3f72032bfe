package io.dowding.model;

import org.jspecify.annotations.Nullable;

/**
 * A file that a container gets before it is started for the first time.
 *
 * @param key the key in etcd that holds its content, such as {@code configs/site}; for content that
 *     stands in the definition itself, the name that it has there
 * @param inline whether the content stands in the definition
 * @param target the absolute path in the container
 * @param uid and {@code gid}: whose it is there
 * @param mode its permissions, as Unix has them
 * @param content null while the key's is not known
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
