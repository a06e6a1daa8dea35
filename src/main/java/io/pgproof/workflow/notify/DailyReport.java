package io.pgproof.workflow.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How all targets stand at the end of 24 hours.
 *
 * @param verdicts how many of each were reached in that time
 */
record DailyReport(
    Instant end,
    List<Standing> targets,
    Map<String, Long> verdicts,
    List<Waiting> tasks,
    List<Stuck> incidents,
    List<Missed> missed) {
  static final Duration LENGTH = Duration.ofHours(24);

  /**
   * A target's last verdict.
   *
   * @param verdict {@code null} where there is none, and all that follows with it
   * @param newest time of the newest data, or {@code null}
   * @param everProven whether any run of the target ever was
   */
  record Standing(
      String target,
      String verdict,
      String reason,
      String run,
      Instant at,
      Instant newest,
      boolean everProven) {}

  /** A task that nobody has decided. */
  record Waiting(String task, String target, String run, Instant since) {}

  /** A process that stands still until somebody mends what is wrong. */
  record Stuck(String process, String step, String key, String message, Instant since) {}

  /** Times at which a target was due and no run began; {@code first} is the first of them. */
  record Missed(String target, int times, Instant first) {}
}
