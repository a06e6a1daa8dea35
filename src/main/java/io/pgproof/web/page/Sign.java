package io.pgproof.web.page;

import io.pgproof.proof.Check;
import io.pgproof.proof.Verdict;

/**
 * A state in one word.
 *
 * @param type what the style sheet colours it by: a verdict, {@code running} or {@code idle}
 */
public record Sign(String type, String word) {
  public static final Sign UNDER_WAY = new Sign("running", "under way");
  public static final Sign STOPPED = new Sign("inconclusive", "stopped");

  public static Sign of(Verdict verdict) {
    return new Sign(verdict.word(), verdict.word());
  }

  public static Sign of(Check.Outcome outcome) {
    return new Sign(
        switch (outcome) {
          case PASSED -> "proven";
          case FAILED -> "refuted";
          case MISMATCH -> "stale";
          case SKIPPED -> "idle";
        },
        outcome.word());
  }
}
