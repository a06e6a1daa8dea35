package io.pgproof.backup;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how to restore.
 *
 * @param uid owner of what is written, as counted on the host
 * @param gid group of what is written, as counted on the host
 * @param walArchive directory with WAL segments that the backup may lack
 * @param space what the run may take of the file system; the end of it ends the restore with {@code disk-full}
 * @param compare whether files are compared with {@code backup_manifest}, and pages with their checksums
 * @param layers a directory to be made for what is written where a plain backup's data directory can be laid over; empty where
 *     what is restored must stand by itself
 */
public record RestoreOrder(
    Places places, int uid, int gid, Optional<Path> walArchive, DiskSpace space, boolean compare,
    Optional<Path> layers) {

  /** What is restored stands by itself. */
  public RestoreOrder(Places places, int uid, int gid, Optional<Path> walArchive, DiskSpace space, boolean compare) {
    this(places, uid, gid, walArchive, space, compare, Optional.empty());
  }

  /** The same at another place, standing by itself. */
  public RestoreOrder at(Places others) {
    return new RestoreOrder(others, uid, gid, walArchive, space, compare);
  }
}
