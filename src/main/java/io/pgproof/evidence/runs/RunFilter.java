package io.pgproof.evidence.runs;

import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Which runs a list shows: those that meet all conditions that are not empty.
 *
 * @param person who requested the run or decided in it
 * @param from the earliest time of the request, inclusive
 * @param until the latest time of the request, exclusive
 */
public record RunFilter(
    Optional<String> target,
    Optional<Verdict> verdict,
    Optional<Reason> reason,
    Optional<String> person,
    Optional<Instant> from,
    Optional<Instant> until) {
  /** All runs. */
  public static final RunFilter ALL =
      new RunFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public RunFilter withTarget(String name) {
    return new RunFilter(Optional.of(name), verdict, reason, person, from, until);
  }

  public RunFilter withVerdict(Verdict reached) {
    return new RunFilter(target, Optional.of(reached), reason, person, from, until);
  }

  public RunFilter withReason(Reason given) {
    return new RunFilter(target, verdict, Optional.of(given), person, from, until);
  }

  public RunFilter withPerson(String name) {
    return new RunFilter(target, verdict, reason, Optional.of(name), from, until);
  }

  public RunFilter from(Instant time) {
    return new RunFilter(target, verdict, reason, person, Optional.of(time), until);
  }

  public RunFilter until(Instant time) {
    return new RunFilter(target, verdict, reason, person, from, Optional.of(time));
  }
}
