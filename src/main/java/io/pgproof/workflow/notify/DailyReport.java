package io.pgproof.workflow.notify;

import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of all targets at the end of 24 hours.
 *
 * @param verdicts number of each verdict reached in that time
 */
record DailyReport(
    Instant end,
    List<Standing> targets,
    Map<Verdict, Long> verdicts,
    List<Waiting> tasks,
    List<UnderWay> controls,
    List<Stuck> incidents,
    List<Missed> missed) {
  static final Duration LENGTH = Duration.ofHours(24);

  /**
   * The last verdict of a target.
   *
   * @param verdict {@code null} if there is none, and then all that follows too
   * @param newest time of the newest data, or {@code null}
   * @param rpo the recovery point objective, or {@code null}
   * @param rto the recovery time objective, or {@code null} if there is none
   * @param everProven whether any run of the target was ever proven
   */
  record Standing(
      String target,
      @Nullable Verdict verdict,
      @Nullable Reason reason,
      @Nullable String run,
      @Nullable Instant at,
      @Nullable Instant newest,
      Report.@Nullable Objective rpo,
      Report.@Nullable Objective rto,
      boolean everProven) {}

  /**
   * A task that nobody has decided: about a run of a target, or a review of a period.
   *
   * @param target {@code null} for a review, and for a run that was asked for by a path
   * @param run {@code null} for a review
   * @param period {@code null} for a run
   */
  record Waiting(
      String task,
      @Nullable String target,
      @Nullable String run,
      @Nullable String period,
      Instant since) {}

  /** A negative control that has not ended. */
  record UnderWay(String target, String control, Instant since) {}

  /** A process that is stuck until somebody fixes the cause. */
  record Stuck(
      String process, String step, @Nullable String key, @Nullable String message, Instant since) {}

  /** Times at which a target was due and no run began; {@code first} is the first of them. */
  record Missed(String target, int times, Instant first) {}
}
