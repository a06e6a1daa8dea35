package io.pgproof.web.api.call;

import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import io.pgproof.web.view.TargetStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The schema {@code Target} of the contract. */
record TargetJson(
    String name,
    String path,
    @Nullable String schedule,
    @Nullable String controlSchedule,
    boolean watch,
    @Nullable String lastRun,
    @Nullable Verdict lastVerdict,
    @Nullable Instant lastProvenAt,
    @Nullable Instant nextDueAt,
    @Nullable Instant nextControlDueAt,
    int openTasks) {

  /**
   * @param target the target of the configuration that the status is about
   */
  static TargetJson of(Target target, TargetStatus status, Instant now) {
    return new TargetJson(
        target.name(),
        target.path().toString(),
        target.plan().schedule().map(Schedule::cron).orElse(null),
        target.plan().controlSchedule().map(Schedule::cron).orElse(null),
        target.plan().watch(),
        status.overview().map(overview -> overview.last().run().value()).orElse(null),
        status.verdict().orElse(null),
        status.overview().flatMap(TargetOverview::provenAt).orElse(null),
        status.nextDue(now).orElse(null),
        status.nextControlDue(now).orElse(null),
        status.tasks().size());
  }
}
