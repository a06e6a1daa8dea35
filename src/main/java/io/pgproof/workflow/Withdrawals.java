package io.pgproof.workflow;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs that were taken back by whoever asked for them; each next step of such a run finds it out.
 *
 * <p>In memory alone: the evidence of it is in the trail, and after a crash the run begins anew.
 */
final class Withdrawals {
  private final Map<RunId, String> withdrawn = new ConcurrentHashMap<>();

  void add(RunId run, String person) {
    withdrawn.put(run, person);
  }

  void forget(RunId run) {
    withdrawn.remove(run);
  }

  /**
   * @throws FindingException {@code interrupted} when this run was taken back
   */
  void check(RunId run) {
    String person = withdrawn.get(run);
    if (person != null) {
      throw new FindingException(Reason.INTERRUPTED, "the verification was interrupted by " + person);
    }
  }
}
