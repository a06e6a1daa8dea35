package io.pgproof.web.page.target;

import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.proof.HumanFormat;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import io.pgproof.web.view.OpenTask;
import io.pgproof.web.view.TargetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One target in the overview; a member that does not apply is {@code null}.
 *
 * @param run the run with the last verdict
 * @param about version and plan in words
 * @param days markup that needs no escaping, as {@code ageLine} and {@code restoreTimeLine}
 */
record TargetRow(
    String name,
    Sign sign,
    @Nullable String run,
    @Nullable Ago verdict,
    String about,
    @Nullable Ago proven,
    boolean unproven,
    @Nullable String days,
    Measure age,
    @Nullable String ageLine,
    Measure restoreTime,
    @Nullable String restoreTimeLine,
    @Nullable Ago next,
    @Nullable String underWay,
    List<TaskLink> tasks,
    int incidents) {

  /** A time, and how far it is from now in words. */
  record Ago(Moment at, String text) {
    static Ago of(Instant at, Instant now) {
      return new Ago(Moment.of(at), HumanFormat.duration(Duration.between(at, now).abs()));
    }
  }

  /** An open task and how long it has waited. */
  record TaskLink(String id, String waits) {
    static TaskLink of(OpenTask open, Instant now) {
      return new TaskLink(
          open.task().id(), HumanFormat.duration(Duration.between(open.task().openedAt(), now)));
    }
  }

  static TargetRow of(TargetStatus status, Instant now) {
    TargetFacts facts = new TargetFacts(status);
    Optional<TargetOverview> overview = status.overview();
    return new TargetRow(
        status.name(),
        facts.sign(),
        facts.last().map(run -> run.run().value()).orElse(null),
        facts.outcome().map(RunSummary.Outcome::at).map(at -> Ago.of(at, now)).orElse(null),
        about(status, facts),
        overview.flatMap(TargetOverview::provenAt).map(at -> Ago.of(at, now)).orElse(null),
        status.isUnproven(),
        overview.map(TargetCharts::compactDays).orElse(null),
        facts.age(),
        overview.map(known -> TargetCharts.ageLine(known, facts.maxAge())).orElse(null),
        facts.restoreTime(),
        overview.map(known -> TargetCharts.restoreTimeLine(known, facts.objective())).orElse(null),
        status.nextDue(now).map(at -> Ago.of(at, now)).orElse(null),
        status.underWay().stream().findFirst().map(run -> run.value()).orElse(null),
        status.tasks().stream().map(task -> TaskLink.of(task, now)).toList(),
        status.incidents().size());
  }

  private static String about(TargetStatus status, TargetFacts facts) {
    String plan = status.target().map(TargetFacts::plan).orElse("");
    return facts.version().isEmpty()
        ? plan
        : facts.version() + (plan.isEmpty() ? "" : " · " + plan);
  }
}
