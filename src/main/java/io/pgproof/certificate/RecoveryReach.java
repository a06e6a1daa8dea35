package io.pgproof.certificate;

import io.pgproof.proof.Check;
import io.pgproof.proof.Report;

/**
 * How far PostgreSQL came with recovery in the last attempt.
 *
 * @param completed whether recovery ended well; a consistent state on the way to its end is not
 *     enough
 */
record RecoveryReach(boolean began, boolean consistent, boolean completed) {
  static RecoveryReach of(Statement.Facts facts) {
    Report.RecoveryFacts recovery = facts.recovery();
    boolean completed =
        facts.checks().stream()
            .filter(check -> check.name().equals("recovery"))
            .anyMatch(
                check ->
                    check.outcome() != Check.Outcome.FAILED
                        && check.outcome() != Check.Outcome.SKIPPED);
    return new RecoveryReach(
        // Without a timeline, what the archives hold showed that it would fail.
        completed || (recovery != null && recovery.timeline() != null),
        recovery != null && recovery.consistent(),
        completed);
  }
}
