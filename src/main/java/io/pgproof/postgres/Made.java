package io.pgproof.postgres;

import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import java.util.List;

/**
 * A check that was made, or was to be made.
 *
 * @param findings what keeps the backup from being proven, the check's own fault included
 * @param notChecked what it did not cover, a few words each
 */
record Made(Check check, List<Finding> findings, List<String> notChecked) {
  static Made skipped(String name, String why, List<String> notChecked) {
    return new Made(Check.skipped(name, why), List.of(), notChecked);
  }
}
