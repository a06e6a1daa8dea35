package io.pgproof.audit;

import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.RunId;
import java.time.Instant;

/**
 * The removal of the evidence of one run, after its time.
 *
 * @param entry id of the entry of the evidence that says so
 * @param exportSha256 of an export of the evidence log that has the evidence, in hexadecimal
 */
public record RemovedEvidence(RunId run, Instant at, long entry, String exportSha256) {
  /** Returns what happened as one line for people. */
  public String describe() {
    return "the evidence of run "
        + run
        + " was removed at "
        + HumanFormat.time(at)
        + "; an export of the evidence log with the SHA-256 "
        + exportSha256
        + " has it";
  }
}
