package io.pgproof.proof;

import java.util.Objects;

/**
 * Something a verification found out that keeps the backup from being proven.
 *
 * <p>The type says whose fault it is, and so which verdict it asks for: only a {@link BackupFault}
 * refutes.
 */
public sealed interface Finding {

  Reason reason();

  /** A plain fact that names the file, the setting, the query or the WAL segment; no full stop. */
  String message();

  /** The remedy; {@code null} where none is known. */
  String hint();

  /**
   * What PostgreSQL or another program said, line by line as it said it; {@code null} where none
   * spoke.
   */
  String words();

  /** The backup is bad. */
  record BackupFault(Reason reason, String message, String hint, String words) implements Finding {
    public BackupFault {
      require(reason, message, reason.fault() == Fault.BACKUP);
    }
  }

  /** The backup is sound and its data are older than asked for. */
  record DataTooOld(Reason reason, String message, String hint, String words) implements Finding {
    public DataTooOld {
      require(reason, message, reason.fault() == Fault.AGE);
    }
  }

  /** Nothing can be said about the backup. */
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

  /** A finding with the registry's own hint. */
  static Finding of(Reason reason, String message) {
    return of(reason, message, reason.hint(), null);
  }

  /** A finding with the words of the program that spoke and the registry's own hint. */
  static Finding of(Reason reason, String message, String words) {
    return of(reason, message, reason.hint(), words);
  }

  /**
   * A finding of the type that the reason's fault asks for.
   *
   * <p>What a person would have been refused for, nothing can be told of where nobody asked.
   *
   * @throws IllegalArgumentException for a reason that is none: {@link Fault#NONE}
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
