package io.pgproof.web.api.call;

import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.RunSummary.Outcome;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The schema {@code Run} of the contract. */
record RunJson(
    String run,
    @Nullable String target,
    String path,
    Instant askedAt,
    String askedBy,
    @Nullable Instant endedAt,
    @Nullable Verdict verdict,
    @Nullable Reason reason,
    @Nullable String message,
    @Nullable Long totalMillis) {

  static RunJson of(RunSummary summary) {
    Optional<Outcome> outcome = summary.outcome();
    return new RunJson(
        summary.run().value(),
        summary.request().target().orElse(null),
        summary.request().path(),
        summary.request().at(),
        summary.request().by(),
        outcome.map(Outcome::at).orElse(null),
        outcome.map(Outcome::verdict).orElse(null),
        outcome.map(Outcome::reason).orElse(null),
        outcome.map(Outcome::message).orElse(null),
        outcome.map(reached -> reached.total().toMillis()).orElse(null));
  }
}
