package io.pgproof.postgres.server;

import io.pgproof.backup.format.PostgresVersion;
import java.nio.file.Path;
import java.util.List;

/**
 * The address of a restored server, and the identity that it must have.
 *
 * @param socketDirectory path on the host; the server inside can write to it, so its contents are
 *     not trusted
 * @param hostUid user id of the server's process on the host; any other peer is refused before a
 *     byte is sent
 * @param systemIdentifier identifier of the backup; any other server is refused; {@code null} if
 *     unknown
 * @param superuser the role to connect as
 * @param version of the server
 * @param databases names to try in addition to those that every cluster starts with, if any
 *     database will do
 */
public record ServerAddress(
    Path socketDirectory,
    int hostUid,
    String systemIdentifier,
    String superuser,
    PostgresVersion version,
    List<String> databases) {
  /** The only port in use; the name of the socket file contains it. */
  public static final int PORT = 5432;

  public ServerAddress {
    databases = List.copyOf(databases);
  }
}
