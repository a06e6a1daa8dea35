package io.pgproof.proof;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** The answer about a backup, in the order of precedence: the gravest last. */
public enum Verdict {
  /** Every requested check was made and passed. */
  PROVEN(0),
  /** The backup is sound, but its newest data are too old. */
  STALE(3),
  /** The run allows no conclusion about the backup. */
  INCONCLUSIVE(1),
  /** The backup is bad, and the fault lies in the backup itself. */
  REFUTED(4);

  private final int exitStatus;

  Verdict(int exitStatus) {
    this.exitStatus = exitStatus;
  }

  /** Returns the exit status of {@code verify}. */
  public int exitStatus() {
    return exitStatus;
  }

  /** Returns the word that the command line, {@code --json} and the evidence use. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean isGraverThan(Verdict other) {
    return compareTo(other) > 0;
  }

  /**
   * Returns the verdict with this word.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static Verdict of(String word) {
    return Arrays.stream(values())
        .filter(verdict -> verdict.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no verdict has the word " + word));
  }
}
