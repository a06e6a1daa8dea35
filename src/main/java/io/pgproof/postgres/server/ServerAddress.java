package io.pgproof.postgres.server;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a restored server answers, and who must answer there.
 *
 * @param socketDirectory on the host; the server inside can write to it, so nothing found there is
 *     trusted
 * @param hostUid the user id that the server's process has on the host; any other peer is refused
 *     before a byte is sent
 * @param systemIdentifier of the backup; any other server is refused; {@code null} where it is not
 *     known
 * @param superuser the role to connect as
 * @param major the server's major version
 * @param databases names to try besides those that every cluster begins with, where one database is
 *     as good as another
 */
public record ServerAddress(
    Path socketDirectory,
    int hostUid,
    String systemIdentifier,
    String superuser,
    int major,
    List<String> databases) {
  /** The only port ever used; the socket's file name holds it. */
  public static final int PORT = 5432;

  public ServerAddress {
    databases = List.copyOf(databases);
  }
}
