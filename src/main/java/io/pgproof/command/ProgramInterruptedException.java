package io.pgproof.command;

/**
 * The calling thread was interrupted. The program's process group was killed, and the thread's
 * interrupt flag is set.
 */
public final class ProgramInterruptedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ProgramInterruptedException(HostCommand command, InterruptedException cause) {
    super(command.line().get(0) + " was killed because its caller was interrupted", cause);
  }
}
