package io.pgproof.proof;

import java.time.Duration;

/**
 * One check that a verification made, or did not make.
 *
 * @param name one of {@code archive}, {@code manifest}, {@code pages}, {@code recovery}, {@code
 *     freshness}, {@code assertion:N} (N from 1), {@code indexes}, {@code rows}, {@code checksums}
 * @param outcome what came of it
 * @param detail what it covered or why it was skipped, one line for a person
 * @param took time it took; zero for a check made inside another step's pass
 * @param inapplicable why it did not apply; {@code null} for one that was made or ought to have
 *     been
 */
public record Check(
    String name, Outcome outcome, String detail, Duration took, Inapplicable inapplicable) {
  /** One that applies. */
  public Check(String name, Outcome outcome, String detail, Duration took) {
    this(name, outcome, detail, took, null);
  }

  /**
   * What came of a check; {@code MISMATCH} is a difference of the environment that leaves the
   * backup sound.
   */
  public enum Outcome {
    PASSED,
    FAILED,
    SKIPPED,
    MISMATCH
  }

  public static Check passed(String name, String detail, Duration took) {
    return new Check(name, Outcome.PASSED, detail, took);
  }

  public static Check failed(String name, String detail, Duration took) {
    return new Check(name, Outcome.FAILED, detail, took);
  }

  public static Check mismatch(String name, String detail, Duration took) {
    return new Check(name, Outcome.MISMATCH, detail, took);
  }

  /** Skipped because it does not apply, which is evidence and no omission. */
  public static Check inapplicable(String name, Inapplicable why, String detail) {
    return new Check(name, Outcome.SKIPPED, detail, Duration.ZERO, why);
  }

  /** Skipped although it applies; whatever kept it from being made is a finding. */
  public static Check skipped(String name, String why) {
    return new Check(name, Outcome.SKIPPED, why, Duration.ZERO);
  }
}
