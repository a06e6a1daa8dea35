package io.pgproof.web.page.run;

import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.proof.HumanFormat;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import org.jspecify.annotations.Nullable;

/**
 * One run in a list; a member that does not apply is {@code null}.
 *
 * @param subject the target, or the path if the request named no target
 * @param decision who decided what
 */
public record RunRow(
    String run,
    Sign sign,
    String subject,
    @Nullable String target,
    Moment askedAt,
    String askedBy,
    @Nullable String reason,
    @Nullable String message,
    @Nullable String took,
    @Nullable String age,
    @Nullable String decision) {

  public static RunRow of(RunSummary run) {
    return new RunRow(
        run.run().value(),
        run.outcome().map(outcome -> Sign.of(outcome.verdict())).orElse(Sign.UNDER_WAY),
        run.request().target().orElse(run.request().path()),
        run.request().target().orElse(null),
        Moment.of(run.request().at()),
        run.request().by(),
        run.outcome().map(outcome -> outcome.reason().code()).orElse(null),
        run.outcome().map(RunSummary.Outcome::message).orElse(null),
        run.outcome().map(outcome -> HumanFormat.measured(outcome.total())).orElse(null),
        run.outcome().flatMap(RunSummary.Outcome::age).map(HumanFormat::duration).orElse(null),
        run.decision().map(decision -> decision.decision() + " by " + decision.by()).orElse(null));
  }
}
