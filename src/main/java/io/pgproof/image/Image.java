package io.pgproof.image;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A finished root file system with one version of PostgreSQL.
 *
 * @param key names it: {@code 15-bookworm-} and the first 12 digits of its recipe's SHA-256
 * @param major the major version, such as 15
 * @param postgresVersion the server's full version, such as {@code 15.18}
 * @param rootfs the root file system, owners shifted
 * @param uid of the server's user, as counted inside
 * @param gid of the server's group, as counted inside
 * @param binDirectory where the server's programs are, as seen inside: {@code
 *     /usr/lib/postgresql/15/bin}
 * @param builtAt when its build ended
 * @param bytes it takes on disk
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
