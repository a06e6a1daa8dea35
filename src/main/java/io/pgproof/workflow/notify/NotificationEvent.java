package io.pgproof.workflow.notify;

import io.pgproof.proof.RunId;
import java.time.Instant;

/**
 * Something that people are told. What is said about a run comes from its trail, so that is
 * recorded first.
 */
public sealed interface NotificationEvent {

  /** Happened in a run; who is told hangs on the run's target, and nobody is where it has none. */
  sealed interface OfRun extends NotificationEvent {
    RunId run();
  }

  /**
   * A verdict was reached; told unless the run was taken back, or proven after the target's last
   * run was proven too.
   */
  record Ended(RunId run) implements OfRun {}

  /** Somebody of a group is asked to decide. */
  record TaskOpened(RunId run, String task, String group) implements OfRun {}

  /**
   * Nobody of the group has decided yet; {@code escalatesAt} is {@code null} where no time is set
   * for that.
   */
  record TaskReminded(RunId run, String task, String group, Instant openedAt, Instant escalatesAt)
      implements OfRun {}

  /**
   * {@code by} is {@code null} where it was escalated because nobody decided in time; {@code
   * reason} may be {@code null}.
   */
  record Escalated(RunId run, String by, String reason) implements OfRun {}

  /** An operator wants another backup taken; {@code reason} may be {@code null}. */
  record NewBackupAskedFor(RunId run, String by, String reason) implements OfRun {}

  /**
   * The run was deleted while it waited for a decision; {@code by} and {@code reason} may be {@code
   * null}.
   */
  record DecisionTakenAway(RunId run, String task, String by, String reason) implements OfRun {}

  /** A target was not verified when it was due; {@code why} is a sentence without a full stop. */
  record ScheduleMissed(String target, Instant due, String why) implements NotificationEvent {}

  /** A day is over. */
  record DaySummed(DailyReport day) implements NotificationEvent {}
}
