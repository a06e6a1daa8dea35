package io.pgproof.proof;

import java.time.Duration;

/**
 * One check that a verification made, or did not make.
 *
 * @param name one of {@code archive}, {@code manifest}, {@code pages}, {@code recovery}, {@code freshness},
 *     {@code assertion:N} (N from 1), {@code indexes}, {@code rows}, {@code checksums}
 * @param outcome what came of it
 * @param detail what it covered or why it was skipped, one line for a person
 * @param took time it took; zero for a check made inside another step's pass
 */
public record Check(String name, Outcome outcome, String detail, Duration took) {

  /** What came of a check; {@code MISMATCH} is a difference of the environment that leaves the backup sound. */
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

  public static Check skipped(String name, String why) {
    return new Check(name, Outcome.SKIPPED, why, Duration.ZERO);
  }
}
