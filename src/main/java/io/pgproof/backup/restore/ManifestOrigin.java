package io.pgproof.backup.restore;

import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.source.Backup;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/**
 * Decides whether a manifest in a data directory is of the backup that lies there. A cluster
 * created from a base backup keeps the manifest of that backup, and every copy of the cluster
 * contains it; {@code backup_label.old} then has the same origin.
 */
final class ManifestOrigin {
  private final Backup backup;

  ManifestOrigin(Backup backup) {
    this.backup = backup;
  }

  /**
   * Returns a note that the manifest is of the backup that the source was made from; empty if it is
   * of this backup.
   *
   * @param begin where this backup begins
   * @throws FindingException {@code foreign-manifest} when it is of an earlier backup and nothing
   *     shows how it came here
   */
  Optional<String> elsewhere(Manifest manifest, Lsn begin) {
    Optional<Lsn> end =
        manifest.wal().stream().map(Manifest.WalRange::end).max(Comparator.naturalOrder());
    if (backup.format() == Backup.Format.TAR
        || end.isEmpty()
        || startsAt(manifest, begin)
        || begin.compareTo(end.get()) < 0
        || checkpoint().filter(lsn -> lsn.compareTo(end.get()) >= 0).isEmpty()) {
      return Optional.empty();
    }
    Lsn other = manifest.wal().get(0).start();
    if (labelOfOrigin().filter(label -> startsAt(manifest, label)).isEmpty()) {
      throw new FindingException(
          Finding.of(
              Reason.FOREIGN_MANIFEST,
              "backup_manifest belongs to a backup that started at "
                  + other
                  + ", and backup_label to one that started at "
                  + begin));
    }
    return Optional.of(
        "backup_manifest was not compared: it belongs to the backup from which the source was created, which started at "
            + other
            + "; this one started at "
            + begin);
  }

  private static boolean startsAt(Manifest manifest, Lsn at) {
    return manifest.wal().stream().anyMatch(range -> range.start().equals(at));
  }

  private Optional<Lsn> checkpoint() {
    return small("global/pg_control").map(file -> ControlFile.parse(file).checkpointLsn());
  }

  private Optional<Lsn> labelOfOrigin() {
    try {
      return small("backup_label.old")
          .map(file -> BackupLabel.parse(file, backup.baseName()).startLsn());
    } catch (FindingException e) {
      // PostgreSQL does not need this file, so it may hold anything.
      return Optional.empty();
    }
  }

  /** Returns a small file of a plain backup; empty when there is none that can be read. */
  private Optional<byte[]> small(String name) {
    Path file = backup.directory().resolve(name);
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              && Files.size(file) <= BackupLabel.LARGEST
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
  }
}
