package io.pgproof.backup.format;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a backup says of itself before it is unpacked.
 *
 * @param postgresMajor the major version, such as 15
 * @param systemIdentifier of the cluster, unsigned; empty where nothing readable early tells it
 * @param label what {@code backup_label} says
 * @param bytes of all its parts as they lie
 */
public record BackupIdentity(
    int postgresMajor, Optional<String> systemIdentifier, Label label, long bytes) {

  /**
   * {@code backup_label}.
   *
   * @param startLsn START WAL LOCATION
   * @param startSegment file name of the WAL segment it lies in
   * @param checkpointLsn CHECKPOINT LOCATION
   * @param startTime START TIME; its zone is read as UTC where its abbreviation is ambiguous
   * @param text LABEL
   * @param timeline START TIMELINE; empty before version 11
   * @param fromStandby whether BACKUP FROM says standby
   * @param ancestorLsn INCREMENTAL FROM LSN: where the backup starts that this one is to be
   *     combined with; empty for a full one
   * @param ancestorTimeline INCREMENTAL FROM TLI: the timeline on which that one starts; empty for
   *     a full one
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

    /** Whether it is proven only together with the backups that it stands on. */
    public boolean incremental() {
      return ancestorLsn.isPresent();
    }
  }
}
