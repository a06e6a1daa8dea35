package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.Lsn;
import io.pgproof.proof.Check;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A recovery that ended as the backup says it must.
 *
 * @param timeline the backup's own, not the one that promotion began
 * @param timelines that recovery followed, in their order
 * @param endLsn end of redo
 * @param lastCommit time of the last replayed commit; empty where the WAL holds none
 * @param check {@code recovery}, with what was reached
 * @param notes what a person should know of the way that recovery took, one line each
 */
public record RecoveryResult(
    int timeline,
    List<Integer> timelines,
    Lsn endLsn,
    Optional<Instant> lastCommit,
    Check check,
    List<String> notes) {}
