package io.pgproof.postgres.check;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Inapplicable;
import java.util.List;

/**
 * A check that was made, or was to be made.
 *
 * @param findings what keeps the backup from being proven, the check's own fault included
 * @param notChecked what it did not cover, a few words each
 */
public record CheckResult(Check check, List<Finding> findings, List<String> notChecked) {
  /** A check that does not apply to this copy. */
  static CheckResult inapplicable(
      String name, Inapplicable reason, String why, List<String> notChecked) {
    return new CheckResult(Check.inapplicable(name, reason, why), List.of(), notChecked);
  }

  /** A check for which the image lacks what it needs. */
  static CheckResult unavailable(String name, Finding lack, String notChecked) {
    return new CheckResult(
        Check.skipped(name, lack.message()),
        List.of(lack),
        List.of(notChecked + ", because " + lack.message()));
  }
}
