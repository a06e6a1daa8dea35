package io.pgproof.backup;

import io.pgproof.proof.Check;
import io.pgproof.proof.Report.ArchiveFacts;
import java.util.List;
import java.util.Optional;

/**
 * A data directory that was written whole.
 *
 * @param identity as found in the data directory itself
 * @param control what {@code global/pg_control} says
 * @param archives each archive with its SHA-256
 * @param manifestSha256 of {@code backup_manifest}; empty where there is none
 * @param endLsn end of the WAL that the backup needs, from the manifest; empty where nothing tells it before recovery
 * @param lastWalSegment the last WAL segment at hand in the backup; empty where it brings none
 * @param suspects pages that must be read again after recovery, before {@code pages} is a check that was made
 * @param checks {@code archive} and {@code manifest}; {@code pages} unless there are suspects
 * @param notChecked what could not be checked, a sentence each
 */
public record Restored(
    BackupIdentity identity,
    ControlFile control,
    List<ArchiveFacts> archives,
    Optional<String> manifestSha256,
    Optional<Lsn> endLsn,
    Optional<String> lastWalSegment,
    SuspectPages suspects,
    List<Check> checks,
    List<String> notChecked) {}
