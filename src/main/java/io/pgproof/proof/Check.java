package io.pgproof.proof;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One check of a verification, made or skipped; its name is unique within a report.
 *
 * @param name one of {@code archive}, {@code manifest}, {@code pages}, {@code recovery}, {@code
 *     freshness}, {@code assertion:N} (N from 1), {@code indexes}, {@code rows}, {@code checksums}
 * @param outcome result of the check
 * @param detail what the check covered or why it was skipped; one line for a person
 * @param millis duration of the check in milliseconds; zero for a check that is made while another
 *     step reads the data
 * @param inapplicable why the check did not apply; {@code null} for a check that was made or should
 *     have been made
 */
public record Check(
    String name, Outcome outcome, String detail, long millis, @Nullable Inapplicable inapplicable) {

  /** Result of a check, the gravest first. */
  public enum Outcome {
    FAILED,
    SKIPPED,
    /** The environment differs, but the backup is sound. */
    MISMATCH,
    PASSED;

    /** Returns the word that reports print. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Check passed(String name, String detail, Duration took) {
    return new Check(name, Outcome.PASSED, detail, took.toMillis(), null);
  }

  public static Check failed(String name, String detail, Duration took) {
    return new Check(name, Outcome.FAILED, detail, took.toMillis(), null);
  }

  public static Check mismatch(String name, String detail, Duration took) {
    return new Check(name, Outcome.MISMATCH, detail, took.toMillis(), null);
  }

  /**
   * Creates a check that was skipped because it does not apply. This counts as evidence, not as an
   * omission.
   */
  public static Check inapplicable(String name, Inapplicable why, String detail) {
    return new Check(name, Outcome.SKIPPED, detail, 0, why);
  }

  /** Creates a check that was skipped although it applies. The cause is reported as a finding. */
  public static Check skipped(String name, String why) {
    return skipped(name, why, Duration.ZERO);
  }

  /** Creates a check that ended early although it applies. The cause is reported as a finding. */
  public static Check skipped(String name, String why, Duration took) {
    return new Check(name, Outcome.SKIPPED, why, took.toMillis(), null);
  }

  /** Returns this check with another detail. */
  public Check withDetail(String other) {
    return new Check(name, outcome, other, millis, inapplicable);
  }

  /** Merges two reports of one check: keeps the graver outcome and both details. */
  public Check and(Check other) {
    Check graver = other.outcome.compareTo(outcome) < 0 ? other : this;
    return new Check(
        name,
        graver.outcome,
        detail + "; " + other.detail,
        millis + other.millis,
        graver.inapplicable);
  }
}
