package io.pgproof.backup.format;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The identity of a backup, as the backup states it before it is unpacked.
 *
 * @param version of PostgreSQL that wrote it
 * @param systemIdentifier of the cluster, unsigned; empty when nothing readable early states it
 * @param label contents of {@code backup_label}
 * @param bytes size of all parts as stored
 */
public record BackupIdentity(
    PostgresVersion version, Optional<String> systemIdentifier, Label label, long bytes) {

  /**
   * Contents of {@code backup_label}.
   *
   * @param startLsn START WAL LOCATION
   * @param startSegment file name of the WAL segment that contains {@code startLsn}
   * @param checkpointLsn CHECKPOINT LOCATION
   * @param startTime START TIME; read as UTC when the abbreviation of its zone is ambiguous
   * @param text LABEL
   * @param timeline START TIMELINE; empty before version 11
   * @param fromStandby whether BACKUP FROM is {@code standby}
   * @param ancestorLsn INCREMENTAL FROM LSN: start position of the backup that this one must be
   *     combined with; empty for a full backup
   * @param ancestorTimeline INCREMENTAL FROM TLI: timeline on which that backup starts; empty for a
   *     full backup
   */
  public record Label(
      Lsn startLsn,
      String startSegment,
      Lsn checkpointLsn,
      Instant startTime,
      String text,
      OptionalInt timeline,
      boolean fromStandby,
      Optional<Lsn> ancestorLsn,
      OptionalInt ancestorTimeline) {

    /**
     * Returns whether this backup can be proven only together with the backups that it depends on.
     */
    public boolean incremental() {
      return ancestorLsn.isPresent();
    }
  }
}
