package io.pgproof.command;

/** A program of the host is not there or may not be executed. */
public final class ProgramMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String program;

  ProgramMissingException(String program, String searched) {
    super(program + " is not installed: no such program in " + searched);
    this.program = program;
  }

  /** As it was asked for. */
  public String program() {
    return program;
  }
}
