package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.FileLayout;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.source.Tablespaces;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A data directory that was written completely, with what shows whether its files are one backup.
 */
final class RestoredData {
  private final Path directory;
  private final BackupIdentity identity;
  private final String source;

  /**
   * @param source name of the part that brings the data directory
   */
  RestoredData(Path directory, BackupIdentity identity, String source) {
    this.directory = directory;
    this.identity = identity;
    this.source = source;
  }

  /** Throws a finding when a directory is missing that is never empty. */
  void requireDirectories() {
    for (String name : FileLayout.NEVER_EMPTY) {
      if (!Files.isDirectory(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        throw new FindingException(
            Reason.BACKUP_INCOMPLETE, source + " contains no directory " + name);
      }
    }
  }

  /** Throws a finding when {@code PG_VERSION} is not that of the inspection. */
  void requireVersion() throws IOException {
    String text = new String(required("PG_VERSION", 16), StandardCharsets.US_ASCII).strip();
    if (!text.equals(Integer.toString(identity.version().major()))) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "PG_VERSION says "
              + FileNames.shown(text)
              + ", but the WAL was written by "
              + identity.version());
    }
  }

  ControlFile control() throws IOException {
    return ControlFile.parse(required("global/pg_control", ControlFile.SIZE));
  }

  /** Returns the paths of tablespaces on the source, by OID. */
  Map<String, String> tablespaceMap() throws IOException {
    return Files.exists(directory.resolve(TablespaceMap.NAME), LinkOption.NOFOLLOW_LINKS)
        ? TablespaceMap.parse(required(TablespaceMap.NAME, TablespaceMap.LARGEST))
        : Map.of();
  }

  /** Returns the timeline histories of the backup, by file name. */
  Map<String, byte[]> histories() throws IOException {
    Path wal = directory.resolve(BackupPart.WAL);
    Map<String, byte[]> histories = new TreeMap<>();
    if (Files.isDirectory(wal)) {
      try (Stream<Path> files = Files.list(wal)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (TimelineHistory.timelineOf(name).isPresent()) {
            histories.put(name, required(BackupPart.WAL + name, TimelineHistory.LONGEST));
          }
        }
      }
    }
    return histories;
  }

  /** Throws a finding when the files are not of one backup. */
  void requireOneBackup(ControlFile control, Optional<Manifest> manifest, Tablespaces tablespaces)
      throws IOException {
    if (!BackupLabel.parse(required(BackupLabel.NAME, BackupLabel.LARGEST), source)
        .equals(identity.label())) {
      throw new FindingException(
          Reason.BACKUP_CHANGED, source + " has another backup_label than at its inspection");
    }
    tablespaces.requireBrought(tablespaceMap());
    PostgresVersion version = identity.version();
    if (version.controlFileVersion() != control.controlVersion()) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "PG_VERSION says "
              + version.major()
              + ", but global/pg_control has version "
              + control.controlVersion()
              + ", which "
              + version
              + " does not write");
    }
    manifest
        .flatMap(Manifest::systemIdentifier)
        .ifPresent(
            listed -> {
              if (!listed.equals(control.systemIdentifier())) {
                throw new FindingException(
                    Reason.MANIFEST_MISMATCH,
                    "backup_manifest belongs to the cluster "
                        + listed
                        + ", and global/pg_control to "
                        + control.systemIdentifier());
              }
            });
    requireControlFileOfThisBackup(control, manifest);
  }

  /**
   * Throws a finding when {@code pg_control} does not date from the time of the backup. In a sound
   * backup it is copied after the checkpoint with which the backup begins, or after that of a
   * standby's last restartpoint, and before the backup ends; a copy from another time would mislead
   * recovery.
   */
  private void requireControlFileOfThisBackup(ControlFile control, Optional<Manifest> manifest) {
    Lsn begin = identity.label().checkpointLsn();
    Lsn checkpoint = control.checkpointLsn();
    if (checkpoint.compareTo(begin) < 0) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "global/pg_control is older than the backup: its checkpoint is at "
              + checkpoint
              + ", and that of backup_label at "
              + begin);
    }
    manifest
        .flatMap(Manifest::end)
        .filter(end -> checkpoint.compareTo(end) >= 0)
        .ifPresent(
            end -> {
              throw new FindingException(
                  Reason.INCONSISTENT,
                  "global/pg_control is newer than the backup: its checkpoint is at "
                      + checkpoint
                      + ", and backup_manifest says that the backup ended at "
                      + end);
            });
  }

  /** Returns the content of a small file that was just written. */
  private byte[] required(String name, int longest) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FindingException(Reason.BACKUP_INCOMPLETE, source + " contains no file " + name);
    }
    if (Files.size(file) > longest) {
      throw new FindingException(
          Reason.INCONSISTENT,
          name + " has " + Files.size(file) + " bytes, which PostgreSQL never writes");
    }
    return Files.readAllBytes(file);
  }
}
