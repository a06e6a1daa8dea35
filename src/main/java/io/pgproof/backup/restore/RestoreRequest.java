package io.pgproof.backup.restore;

import io.pgproof.proof.RecoveryTimeline;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how to restore.
 *
 * @param uid owner of what is written, as counted on the host
 * @param gid group of what is written, as counted on the host
 * @param walArchive directory with WAL segments that the backup may lack
 * @param space what the run may take of the file system; the end of it ends the restore with {@code
 *     disk-full}
 * @param compare whether files are compared with {@code backup_manifest}, and pages with their
 *     checksums
 * @param layers a directory to be made for what is written where a plain backup's data directory
 *     can be laid over; empty where what is restored must stand by itself
 * @param timeline along which the WAL is to be replayed
 */
public record RestoreRequest(
    RestorePaths places,
    int uid,
    int gid,
    Optional<Path> walArchive,
    DiskSpace space,
    boolean compare,
    Optional<Path> layers,
    RecoveryTimeline timeline) {

  /** What is restored stands by itself, and is recovered along the usual timeline. */
  public RestoreRequest(
      RestorePaths places,
      int uid,
      int gid,
      Optional<Path> walArchive,
      DiskSpace space,
      boolean compare) {
    this(places, uid, gid, walArchive, space, compare, Optional.empty());
  }

  /** What is restored is recovered along the usual timeline. */
  public RestoreRequest(
      RestorePaths places,
      int uid,
      int gid,
      Optional<Path> walArchive,
      DiskSpace space,
      boolean compare,
      Optional<Path> layers) {
    this(
        places,
        uid,
        gid,
        walArchive,
        space,
        compare,
        layers,
        RecoveryTimeline.standard(walArchive.isPresent()));
  }

  /** The same at another place, standing by itself. */
  public RestoreRequest at(RestorePaths others) {
    return new RestoreRequest(
        others, uid, gid, walArchive, space, compare, Optional.empty(), timeline);
  }
}
