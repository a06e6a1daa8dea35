package io.pgproof.workflow.decide;

import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * An open task in which a person decides about a backup.
 *
 * @param name as the model names it, such as {@code Review stale backup}
 * @param run the run that opened the task
 * @param instance id of the process instance of this run
 * @param group the group whose members may decide
 * @param escalatesAt when the process continues without a decision; empty if that is not planned,
 *     because the run is suspended or stands still
 * @param claimedBy the member who has claimed the task in Tasklist
 */
public record DecisionTask(
    String id,
    String name,
    RunId run,
    String instance,
    String group,
    Instant openedAt,
    Optional<Instant> escalatesAt,
    Optional<String> claimedBy) {}
