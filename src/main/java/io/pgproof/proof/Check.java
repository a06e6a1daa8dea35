package io.pgproof.proof;

import java.time.Duration;

/**
 * One check of a verification, made or skipped.
 *
 * @param name one of {@code archive}, {@code manifest}, {@code pages}, {@code recovery}, {@code
 *     freshness}, {@code assertion:N} (N from 1), {@code indexes}, {@code rows}, {@code checksums}
 * @param outcome result of the check
 * @param detail what the check covered or why it was skipped; one line for a person
 * @param took duration of the check; zero for a check that is made while another step reads the
 *     data
 * @param inapplicable why the check did not apply; {@code null} for a check that was made or should
 *     have been made
 */
public record Check(
    String name, Outcome outcome, String detail, Duration took, Inapplicable inapplicable) {
  /** Creates a check that applies. */
  public Check(String name, Outcome outcome, String detail, Duration took) {
    this(name, outcome, detail, took, null);
  }

  /**
   * Result of a check. {@code MISMATCH} means that the environment differs but the backup is sound.
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

  /**
   * Creates a check that was skipped because it does not apply. This counts as evidence, not as an
   * omission.
   */
  public static Check inapplicable(String name, Inapplicable why, String detail) {
    return new Check(name, Outcome.SKIPPED, detail, Duration.ZERO, why);
  }

  /** Creates a check that was skipped although it applies. The cause is reported as a finding. */
  public static Check skipped(String name, String why) {
    return new Check(name, Outcome.SKIPPED, why, Duration.ZERO);
  }
}
