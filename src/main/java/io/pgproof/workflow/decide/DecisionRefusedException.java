package io.pgproof.workflow.decide;

/** A decision was refused; the message says why, and the hint what to do instead. */
public final class DecisionRefusedException extends RuntimeException {
  private static final String HINT = "\nHINT: ";

  private final String hint;

  /**
   * @param text a plain fact, and after {@code HINT:} in a line of its own what to do, if there is
   *     something to do
   */
  DecisionRefusedException(String text, Throwable cause) {
    super(text.split(HINT, 2)[0], cause);
    hint = text.contains(HINT) ? text.split(HINT, 2)[1] : "";
  }

  /** Returns what to do; empty if there is nothing to say. */
  public String hint() {
    return hint;
  }
}
