package io.pgproof.postgres.check;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Inapplicable;
import java.util.List;

/**
 * The result of a check that was made or should have been made.
 *
 * @param check the check
 * @param findings reasons that keep the backup from being proven, including the check's own failure
 * @param notChecked parts that the check did not cover, a few words each
 */
public record CheckResult(Check check, List<Finding> findings, List<String> notChecked) {
  /** Creates the result of a check that does not apply to this copy. */
  static CheckResult inapplicable(
      String name, Inapplicable reason, String why, List<String> notChecked) {
    return new CheckResult(Check.inapplicable(name, reason, why), List.of(), notChecked);
  }

  /** Creates the result of a check for which the image lacks a component. */
  static CheckResult unavailable(String name, Finding lack, String notChecked) {
    return new CheckResult(
        Check.skipped(name, lack.message()),
        List.of(lack),
        List.of(notChecked + ", because " + lack.message()));
  }
}
