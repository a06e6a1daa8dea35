package io.pgproof.workflow.decide;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * An open task in which a person decides about a backup, or reviews the results of a period.
 *
 * @param name as the model names it, such as {@code Review stale backup}
 * @param run the run that opened the task; empty for a review
 * @param period the period that a review is about; empty for any other task
 * @param instance id of the process instance that waits for the decision
 * @param group the group whose members may decide
 * @param escalatesAt when the task is escalated if nobody decides; empty if that is not planned,
 *     because the process is suspended or stands still, or because the task is escalated already
 * @param claimedBy the member who has claimed the task in Tasklist
 */
public record DecisionTask(
    String id,
    String name,
    Optional<RunId> run,
    Optional<DayPeriod> period,
    String instance,
    String group,
    Instant openedAt,
    Optional<Instant> escalatesAt,
    Optional<String> claimedBy) {}
