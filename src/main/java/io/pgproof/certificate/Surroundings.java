package io.pgproof.certificate;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.ReviewHistory;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the evidence says around a run: how its target's checks were tested last, and who reviewed
 * the results of its day. Both are about targets, so a run without one has neither.
 */
record Surroundings(Optional<LastControls.Last> control, Optional<ReviewHistory.Decided> review) {

  /**
   * Reads what is known now.
   *
   * @param target of the run; null if it has none
   * @param verdict when the verdict was reached
   */
  static Surroundings of(
      EvidenceLog evidenceLog,
      LastControls lastControls,
      @Nullable String target,
      Instant verdict) {
    return target == null
        ? new Surroundings(Optional.empty(), Optional.empty())
        : new Surroundings(
            lastControls.of(target), new ReviewHistory(evidenceLog).decidedAbout(verdict));
  }

  /** Returns the ids of the entries that say so. */
  Set<Long> entries() {
    Set<Long> entries = new LinkedHashSet<>();
    control.ifPresent(
        last -> {
          entries.add(last.entry());
          last.results().forEach(result -> entries.add(result.entry()));
        });
    review.ifPresent(decided -> entries.add(decided.entry()));
    return entries;
  }

  /** Returns when the last of them were written. */
  List<Instant> times() {
    return Stream.concat(
            control.map(LastControls.Last::at).stream(),
            review.map(ReviewHistory.Decided::at).stream())
        .toList();
  }

  @Nullable List<Statement.Control> statedControls() {
    return control
        .map(
            last ->
                last.results().stream()
                    .map(
                        origin ->
                            new Statement.Control(
                                origin.control().value(), origin.at(), origin.result()))
                    .toList())
        .orElse(null);
  }

  Statement.@Nullable Review statedReview() {
    return review
        .map(
            decided ->
                new Statement.Review(
                    decided.at(),
                    decided.by(),
                    decided.decision().period().from(),
                    decided.decision().period().to(),
                    decided.decision().decision(),
                    decided.decision().reason()))
        .orElse(null);
  }
}
