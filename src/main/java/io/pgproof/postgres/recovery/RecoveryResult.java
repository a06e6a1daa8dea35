package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.Lsn;
import io.pgproof.proof.Check;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A recovery that ended as the backup requires.
 *
 * @param timeline the backup's own timeline, not the one that promotion began
 * @param timelines timelines that recovery followed, in order
 * @param endLsn end of redo
 * @param lastCommit time of the last replayed commit; empty if the WAL contains none
 * @param check the check {@code recovery}, with what was reached
 * @param notes facts about the path of recovery that a person should know, one line each
 */
public record RecoveryResult(
    int timeline,
    List<Integer> timelines,
    Lsn endLsn,
    Optional<Instant> lastCommit,
    Check check,
    List<String> notes) {}
