package io.pgproof.proof;

/**
 * Who or what is at fault for a {@link Reason}. It determines the verdict and the exit status of
 * {@code verify}.
 */
public enum Fault {
  /** No fault: nothing is wrong, or nothing is known yet. */
  NONE(0),
  /** The age of the data: the backup is sound but too old. */
  AGE(3),
  /** The backup itself. Only these reasons refute it. */
  BACKUP(4),
  /**
   * The machine, the image, the disk, or the configuration of the check. They say nothing about the
   * backup.
   */
  ENVIRONMENT(1),
  /** pgproof itself, or the person who interrupted it. */
  PGPROOF(1),
  /**
   * The command line or the configuration. An interactive request is refused; an unattended run is
   * inconclusive.
   */
  USAGE(1);

  private final int exitStatus;

  Fault(int exitStatus) {
    this.exitStatus = exitStatus;
  }

  /** Returns the exit status of {@code verify} for a run that ended with this fault. */
  public int exitStatus() {
    return exitStatus;
  }
}
