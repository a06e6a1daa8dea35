package io.pgproof.web.page.task;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.HumanFormat;
import io.pgproof.web.login.Person;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import io.pgproof.web.view.OpenReview;
import io.pgproof.web.view.OpenTask;
import io.pgproof.workflow.decide.DecisionTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One open task in a list.
 *
 * @param subject the target, the path or the period that the task is about
 * @param run the run that opened the task; {@code null} for a review
 * @param sign what the run found; {@code null} for a review, like {@code reason}
 * @param message what was found, in a sentence
 * @param mine whether the person who looks may decide it
 */
public record TaskRow(
    String id,
    String name,
    String subject,
    @Nullable String run,
    @Nullable Sign sign,
    @Nullable String reason,
    String message,
    String group,
    Moment openedAt,
    String waits,
    @Nullable Moment escalatesAt,
    @Nullable String escalatesIn,
    @Nullable String claimedBy,
    boolean mine) {

  /** A task about a backup. */
  public static TaskRow of(OpenTask open, Person person, Instant now) {
    return of(
        open.task(),
        open.subject(),
        open.run().value(),
        Sign.of(Objects.requireNonNull(open.report().verdict())),
        open.report().reason().code(),
        open.report().conclusion().message(),
        person,
        now);
  }

  /** A review of the results of a period. */
  static TaskRow of(OpenReview open, Person person, Instant now) {
    ServerEvent.ReviewOpened.Figures figures = open.review().opened().figures();
    return of(
        open.task(),
        open.review().period().toString(),
        null,
        null,
        null,
        "%d of %d targets proven, %d of %d runs"
            .formatted(figures.proven(), figures.targets(), figures.provenRuns(), figures.runs()),
        person,
        now);
  }

  private static TaskRow of(
      DecisionTask task,
      String subject,
      @Nullable String run,
      @Nullable Sign sign,
      @Nullable String reason,
      String message,
      Person person,
      Instant now) {
    return new TaskRow(
        task.id(),
        task.name(),
        subject,
        run,
        sign,
        reason,
        message,
        task.group(),
        Moment.of(task.openedAt()),
        HumanFormat.duration(Duration.between(task.openedAt(), now)),
        task.escalatesAt().map(Moment::of).orElse(null),
        task.escalatesAt().map(at -> HumanFormat.duration(Duration.between(now, at))).orElse(null),
        task.claimedBy().orElse(null),
        person.isIn(task.group()));
  }
}
