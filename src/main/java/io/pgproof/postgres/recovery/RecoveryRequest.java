package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.wal.ReplayPlan;
import java.nio.file.Path;

/**
 * A restored data directory to prepare for recovery, with its paths on the host and inside the
 * machine.
 *
 * @param dataDirectory path on the host
 * @param settingsDirectory path on the host, created here; read-only inside
 * @param version of the server
 * @param control the backup's control file
 * @param uid owner of the written files on the host
 * @param gid group of the written files on the host
 * @param walArchive whether {@link #WAL_ARCHIVE} is mounted, so that WAL segments can be fetched
 *     from it
 * @param binDirectory directory of the server's programs inside
 * @param replay what recovery will replay
 */
public record RecoveryRequest(
    Path dataDirectory,
    Path settingsDirectory,
    PostgresVersion version,
    ControlFile control,
    int uid,
    int gid,
    boolean walArchive,
    String binDirectory,
    ReplayPlan replay) {
  /** Creates a request without requirements from the WAL. */
  RecoveryRequest(
      Path dataDirectory,
      Path settingsDirectory,
      PostgresVersion version,
      ControlFile control,
      int uid,
      int gid,
      boolean walArchive,
      String binDirectory) {
    this(
        dataDirectory,
        settingsDirectory,
        version,
        control,
        uid,
        gid,
        walArchive,
        binDirectory,
        ReplayPlan.followTimeline(control.timeline()));
  }

  /** Path of the data directory inside. */
  public static final String DATA = "/pgproof/data";

  /** Path of our settings inside. */
  public static final String SETTINGS = "/pgproof/settings";

  /** Path of the socket's directory inside. */
  public static final String SOCKET = "/pgproof/socket";

  /** Path of the server's log directory inside; the log file is {@code server.log}. */
  public static final String LOG = "/pgproof/log";

  /** Path of the directory of tablespaces inside, with one subdirectory for each OID. */
  public static final String TABLESPACES = "/pgproof/tablespaces";

  /** Path of the WAL archive inside. */
  public static final String WAL_ARCHIVE = "/pgproof/wal";
}
