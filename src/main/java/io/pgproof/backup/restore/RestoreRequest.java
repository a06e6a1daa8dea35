package io.pgproof.backup.restore;

import io.pgproof.proof.RecoveryTimeline;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where and how to restore.
 *
 * @param uid owner of the written files, as a UID of the host
 * @param gid group of the written files, as a GID of the host
 * @param walArchive directory with WAL segments that the backup may lack
 * @param space what the run may use on the file system; when it is used up, the restore ends with
 *     {@code disk-full}
 * @param compare whether files are compared with {@code backup_manifest}, and pages with their
 *     checksums
 * @param layers directory to create for written files when the data directory can be an overlay on
 *     that of a plain backup; empty when the restored copy must be independent
 * @param timeline along which the WAL is replayed
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

  /** Creates a request for an independent copy, recovered along the usual timeline. */
  public RestoreRequest(
      RestorePaths places,
      int uid,
      int gid,
      Optional<Path> walArchive,
      DiskSpace space,
      boolean compare) {
    this(places, uid, gid, walArchive, space, compare, Optional.empty());
  }

  /** Creates a request for a copy recovered along the usual timeline. */
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

  /** Returns the same request for other paths and an independent copy. */
  public RestoreRequest at(RestorePaths others) {
    return new RestoreRequest(
        others, uid, gid, walArchive, space, compare, Optional.empty(), timeline);
  }
}
