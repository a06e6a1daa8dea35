package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.wal.ReplayPlan;
import java.nio.file.Path;

/**
 * A restored data directory to be made ready for recovery, seen from the host and from inside the
 * machine.
 *
 * @param dataDirectory on the host
 * @param settingsDirectory on the host, made here; inside it is read-only
 * @param major from {@code PG_VERSION}
 * @param control the backup's control file
 * @param uid owner on the host of what is written
 * @param gid group on the host of what is written
 * @param walArchive whether {@link #WAL_ARCHIVE} is mounted, with WAL segments to be fetched from
 *     it
 * @param binDirectory the server's programs as seen inside
 * @param replay what recovery is going to replay
 */
public record RecoveryRequest(
    Path dataDirectory,
    Path settingsDirectory,
    int major,
    ControlFile control,
    int uid,
    int gid,
    boolean walArchive,
    String binDirectory,
    ReplayPlan replay) {
  /** Of a log that asks for nothing in particular. */
  RecoveryRequest(
      Path dataDirectory,
      Path settingsDirectory,
      int major,
      ControlFile control,
      int uid,
      int gid,
      boolean walArchive,
      String binDirectory) {
    this(
        dataDirectory,
        settingsDirectory,
        major,
        control,
        uid,
        gid,
        walArchive,
        binDirectory,
        ReplayPlan.along(control.timeline()));
  }

  /** The data directory as seen inside. */
  public static final String DATA = "/pgproof/data";

  /** Our settings as seen inside. */
  public static final String SETTINGS = "/pgproof/settings";

  /** The socket's directory as seen inside. */
  public static final String SOCKET = "/pgproof/socket";

  /** The server's log directory as seen inside; the log is {@code server.log} there. */
  public static final String LOG = "/pgproof/log";

  /** The directory of tablespaces as seen inside, with one for each OID. */
  public static final String TABLESPACES = "/pgproof/tablespaces";

  /** The WAL archive as seen inside. */
  public static final String WAL_ARCHIVE = "/pgproof/wal";
}
