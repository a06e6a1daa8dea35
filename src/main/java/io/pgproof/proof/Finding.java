package io.pgproof.proof;

import java.util.Objects;

/**
 * A result of a verification that keeps the backup from being proven.
 *
 * <p>The type says who is at fault and so determines the verdict: only a {@link BackupFault}
 * refutes the backup.
 */
public sealed interface Finding {

  Reason reason();

  /**
   * Returns a plain fact that names the file, the setting, the query or the WAL segment; without a
   * full stop.
   */
  String message();

  /** Returns the remedy; {@code null} if none is known. */
  String hint();

  /**
   * Returns the original output of PostgreSQL or another program, line by line; {@code null} if
   * there is none.
   */
  String words();

  /** The backup is bad. */
  record BackupFault(Reason reason, String message, String hint, String words) implements Finding {
    public BackupFault {
      require(reason, message, reason.fault() == Fault.BACKUP);
    }
  }

  /** The backup is sound, but its data are older than requested. */
  record DataTooOld(Reason reason, String message, String hint, String words) implements Finding {
    public DataTooOld {
      require(reason, message, reason.fault() == Fault.AGE);
    }
  }

  /** The run allows no conclusion about the backup. */
  record CouldNotTell(Reason reason, String message, String hint, String words) implements Finding {
    public CouldNotTell {
      require(
          reason,
          message,
          reason.fault() == Fault.ENVIRONMENT
              || reason.fault() == Fault.PGPROOF
              || reason.fault() == Fault.USAGE);
    }
  }

  /** Creates a finding with the hint from the registry of reasons. */
  static Finding of(Reason reason, String message) {
    return of(reason, message, reason.hint(), null);
  }

  /** Creates a finding with a program's output and the hint from the registry of reasons. */
  static Finding of(Reason reason, String message, String words) {
    return of(reason, message, reason.hint(), words);
  }

  /**
   * Creates a finding of the type that matches the fault of the reason.
   *
   * <p>A usage error in an unattended run becomes a {@link CouldNotTell}, because there is nobody
   * to refuse.
   *
   * @throws IllegalArgumentException for a reason without a fault: {@link Fault#NONE}
   */
  static Finding of(Reason reason, String message, String hint, String words) {
    return switch (reason.fault()) {
      case BACKUP -> new BackupFault(reason, message, hint, words);
      case AGE -> new DataTooOld(reason, message, hint, words);
      case ENVIRONMENT, PGPROOF, USAGE -> new CouldNotTell(reason, message, hint, words);
      case NONE -> throw new IllegalArgumentException(reason + " is no finding");
    };
  }

  private static void require(Reason reason, String message, boolean fits) {
    Objects.requireNonNull(message, "message");
    if (!fits) {
      throw new IllegalArgumentException(reason + " is not the fault that this finding states");
    }
  }
}
