package io.pgproof.image;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A complete root file system with one version of PostgreSQL.
 *
 * @param key identifies the image: {@code 15-bookworm-} and the first 12 digits of its recipe's
 *     SHA-256
 * @param major the major version, such as 15
 * @param postgresVersion the server's full version, such as {@code 15.18}
 * @param rootfs the root file system, with shifted owners
 * @param uid user id of the server inside the container
 * @param gid group id of the server inside the container
 * @param binDirectory directory of the server's programs inside the container: {@code
 *     /usr/lib/postgresql/15/bin}
 * @param builtAt end time of the build
 * @param bytes size on disk
 */
public record Image(
    String key,
    int major,
    String postgresVersion,
    Path rootfs,
    int uid,
    int gid,
    String binDirectory,
    Instant builtAt,
    long bytes) {}
