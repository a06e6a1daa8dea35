package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;

/** Runs that were taken back by whoever asked for them; each next step of such a run finds it out, in any process. */
final class Withdrawals {
  private final Trail trail;

  Withdrawals(Trail trail) {
    this.trail = trail;
  }

  void record(RunId run, String person) {
    new Evidence.Withdrawn(person).record(trail, run, person);
  }

  /**
   * @throws FindingException {@code interrupted} when this run was taken back
   */
  void check(RunId run) {
    trail.last(run, Evidence.kind(Evidence.Withdrawn.class)).ifPresent(withdrawn -> {
      throw new FindingException(Reason.INTERRUPTED, "the verification was interrupted by " + withdrawn.actor());
    });
  }
}
