package io.pgproof.command;

/** A program of the host does not exist or is not executable. */
public final class ProgramMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String program;

  ProgramMissingException(String program, String searched) {
    super(program + " is not installed: no such program in " + searched);
    this.program = program;
  }

  /** Returns the program's name as requested. */
  public String program() {
    return program;
  }
}
