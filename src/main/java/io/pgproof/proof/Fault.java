package io.pgproof.proof;

/**
 * Whose fault a {@link Reason} is; the verdict and the exit status of {@code verify} follow from
 * it.
 */
public enum Fault {
  /** Nobody's: nothing is wrong, or nothing is known yet. */
  NONE(0),
  /** The age of the data: the backup is sound, but too old. */
  AGE(3),
  /** The backup itself: only these refute it. */
  BACKUP(4),
  /**
   * The machine, the image, the disk, the configuration of the check: nothing is said about the
   * backup.
   */
  ENVIRONMENT(1),
  /** pgproof itself, or the person who interrupted it. */
  PGPROOF(1),
  /**
   * The command line or the configuration: a person is refused, and of a run that nobody waits for
   * nothing can be told.
   */
  USAGE(1);

  private final int exitStatus;

  Fault(int exitStatus) {
    this.exitStatus = exitStatus;
  }

  /** Exit status of {@code verify} for a run that ended so. */
  public int exitStatus() {
    return exitStatus;
  }
}
