package io.pgproof.web.page.target;

import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import io.pgproof.web.page.Sign;
import io.pgproof.web.view.TargetStatus;
import java.time.Duration;
import java.util.Optional;

/** The facts of a target that both the overview and its own page show. */
final class TargetFacts {
  private static final Sign NEVER_TRIED = new Sign("idle", "never tried");

  private final TargetStatus status;
  private final Optional<RunSummary> last;

  TargetFacts(TargetStatus status) {
    this.status = status;
    this.last = status.overview().map(TargetOverview::last);
  }

  Sign sign() {
    return status.verdict().map(Sign::of).orElse(NEVER_TRIED);
  }

  Optional<RunSummary> last() {
    return last;
  }

  Optional<RunSummary.Outcome> outcome() {
    return last.flatMap(RunSummary::outcome);
  }

  /** Returns the limit of the configuration, or of the last run if the target has left it. */
  Optional<Duration> maxAge() {
    return request()
        .map(VerificationRequest::maxAge)
        .or(() -> last.map(run -> run.request().maxAge()));
  }

  Optional<Duration> objective() {
    return last.flatMap(run -> run.request().restoreObjective());
  }

  private Optional<VerificationRequest> request() {
    return status.target().map(target -> target.request(""));
  }

  Measure age() {
    return Measure.of(outcome().flatMap(RunSummary.Outcome::age), maxAge(), "allowed");
  }

  Measure restoreTime() {
    return Measure.of(outcome().flatMap(RunSummary.Outcome::restoreTime), objective(), "objective");
  }

  String version() {
    return outcome()
        .flatMap(RunSummary.Outcome::backup)
        .map(backup -> "PostgreSQL " + backup.version())
        .orElse("");
  }

  /** Returns when the target is verified, in words. */
  static String plan(Target target) {
    return target
        .plan()
        .schedule()
        .map(
            schedule ->
                "by schedule " + schedule + (target.plan().watch() ? ", and each new backup" : ""))
        .orElse(target.plan().watch() ? "each new backup" : "only on request");
  }

  /** Returns when negative controls of the target are made, in words; empty for on request. */
  static Optional<String> controlPlan(Target target) {
    return target.plan().controlSchedule().map(schedule -> "by schedule " + schedule);
  }
}
