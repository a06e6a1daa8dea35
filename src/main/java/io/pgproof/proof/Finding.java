package io.pgproof.proof;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A result of a verification that keeps the backup from being proven.
 *
 * @param reason says who is at fault and so determines the verdict: only a fault of the backup
 *     refutes it
 * @param message a plain fact that names the file, the setting, the query or the WAL segment;
 *     without a full stop
 * @param hint the remedy; {@code null} if none is known
 * @param words the original output of PostgreSQL or another program, line by line; {@code null} if
 *     there is none
 */
public record Finding(
    Reason reason, String message, @Nullable String hint, @Nullable String words) {

  /**
   * @throws IllegalArgumentException for a reason without a fault: {@link Fault#NONE}
   */
  public Finding {
    Objects.requireNonNull(message, "message");
    if (reason.fault() == Fault.NONE) {
      throw new IllegalArgumentException(reason + " is not a finding");
    }
  }

  /** Creates a finding with the hint from the registry of reasons. */
  public static Finding of(Reason reason, String message) {
    return of(reason, message, null);
  }

  /** Creates a finding with a program's output and the hint from the registry of reasons. */
  public static Finding of(Reason reason, String message, @Nullable String words) {
    return new Finding(reason, message, reason.hint(), words);
  }

  /**
   * Returns the verdict that this finding leads to.
   *
   * <p>A usage error in an unattended run is inconclusive, because there is nobody to refuse.
   */
  public Verdict verdict() {
    return switch (reason.fault()) {
      case BACKUP -> Verdict.REFUTED;
      case AGE -> Verdict.STALE;
      case ENVIRONMENT, PGPROOF, USAGE -> Verdict.INCONCLUSIVE;
      case NONE -> throw new IllegalStateException(reason + " is not a finding");
    };
  }

  /** Returns whether the backup is at fault. */
  public boolean refutes() {
    return verdict() == Verdict.REFUTED;
  }
}
