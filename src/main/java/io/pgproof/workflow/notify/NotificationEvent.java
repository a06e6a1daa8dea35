package io.pgproof.workflow.notify;

import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that people are notified of. The text about a run comes from its evidence, so record the
 * evidence first.
 */
public sealed interface NotificationEvent {

  /**
   * An event in a run; the run's target determines the recipients, and without a target there are
   * none.
   */
  sealed interface OfRun extends NotificationEvent {
    RunId run();
  }

  /**
   * A verdict was reached; people are notified unless the run was withdrawn, or it is proven and
   * the target's last run was proven too.
   */
  record Ended(RunId run) implements OfRun {}

  /** A person of a group is asked to decide. */
  record TaskOpened(RunId run, String task, String group) implements OfRun {}

  /**
   * Nobody of the group has decided yet; {@code escalatesAt} is {@code null} if no time is set for
   * that.
   */
  record TaskReminded(
      RunId run, String task, String group, Instant openedAt, @Nullable Instant escalatesAt)
      implements OfRun {}

  /**
   * A backup was escalated; {@code by} is {@code null} if it was escalated because nobody decided
   * in time; {@code reason} may be {@code null}.
   */
  record Escalated(RunId run, @Nullable String by, @Nullable String reason) implements OfRun {}

  /** An operator asks for a new backup; {@code reason} may be {@code null}. */
  record NewBackupAskedFor(RunId run, String by, @Nullable String reason) implements OfRun {}

  /**
   * The run was deleted while it waited for a decision; {@code by} and {@code reason} may be {@code
   * null}.
   */
  record DecisionTakenAway(RunId run, String task, @Nullable String by, @Nullable String reason)
      implements OfRun {}

  /** A target was not verified when it was due; {@code why} is a sentence without a full stop. */
  record ScheduleMissed(String target, Instant due, String why) implements NotificationEvent {}

  /**
   * A negative control damaged copies of a backup of the target, and checks passed them.
   *
   * @param missed the layers whose damage was not found; at least one
   */
  record ControlMissed(String target, String control, List<ControlResult> missed)
      implements NotificationEvent {}

  /** An event about the anchors of the evidence log; all recipients are notified. */
  sealed interface OfAnchor extends NotificationEvent {}

  /** The log could not be anchored in one way for too long. */
  record AnchorLate(ServerEvent.AnchorLate late) implements OfAnchor {}

  /** The log is anchored again in a way that was late. */
  record AnchorRecovered(ServerEvent.LogAnchored anchored) implements OfAnchor {}

  /** An event in a review of the results of a period; all recipients are notified. */
  sealed interface OfReview extends NotificationEvent {
    DayPeriod period();
  }

  /** A group is asked to review the results of a period. */
  record ReviewOpened(DayPeriod period, String group, Instant openedAt, Instant escalatesAt)
      implements OfReview {}

  /** Nobody of the group has decided in a review yet. */
  record ReviewReminded(
      DayPeriod period, String group, Instant openedAt, @Nullable Instant escalatesAt)
      implements OfReview {}

  /** Nobody decided in a review in time; it stays open. */
  record ReviewEscalated(DayPeriod period, String group, Instant openedAt) implements OfReview {}

  /** A reviewer asks for action. */
  record ReviewActionAskedFor(DayPeriod period, String by, String reason) implements OfReview {}

  /** A day is over. */
  record DaySummed(DailyReport day) implements NotificationEvent {}
}
