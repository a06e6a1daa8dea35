package io.pgproof.proof;

/** Who or what is at fault for a {@link Reason}. It determines the verdict. */
public enum Fault {
  /** No fault: nothing is wrong, or nothing is known yet. */
  NONE,
  /** The age of the data: the backup is sound but too old. */
  AGE,
  /** The backup itself. Only these reasons refute it. */
  BACKUP,
  /**
   * The machine, the image, the disk, or the configuration of the check. They say nothing about the
   * backup.
   */
  ENVIRONMENT,
  /** pgproof itself, or the person who interrupted it. */
  PGPROOF,
  /**
   * The command line or the configuration. An interactive request is refused; an unattended run is
   * inconclusive.
   */
  USAGE
}
