package io.pgproof.web.page.task;

import io.pgproof.proof.HumanFormat;
import io.pgproof.web.login.Person;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import io.pgproof.web.view.OpenTask;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One open task in a list.
 *
 * @param mine whether the person who looks may decide it
 */
public record TaskRow(
    String id,
    String name,
    String subject,
    String run,
    Sign sign,
    String reason,
    String message,
    String group,
    Moment openedAt,
    String waits,
    @Nullable Moment escalatesAt,
    @Nullable String escalatesIn,
    @Nullable String claimedBy,
    boolean mine) {

  public static TaskRow of(OpenTask open, Person person, Instant now) {
    return new TaskRow(
        open.task().id(),
        open.task().name(),
        open.subject(),
        open.task().run().value(),
        Sign.of(Objects.requireNonNull(open.report().verdict())),
        open.report().reason().code(),
        open.report().conclusion().message(),
        open.task().group(),
        Moment.of(open.task().openedAt()),
        HumanFormat.duration(Duration.between(open.task().openedAt(), now)),
        open.task().escalatesAt().map(Moment::of).orElse(null),
        open.task()
            .escalatesAt()
            .map(at -> HumanFormat.duration(Duration.between(now, at)))
            .orElse(null),
        open.task().claimedBy().orElse(null),
        person.isIn(open.task().group()));
  }
}
