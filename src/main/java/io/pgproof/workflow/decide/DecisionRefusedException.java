package io.pgproof.workflow.decide;

/** A decision was refused; the message says why, and the hint what to do instead. */
public final class DecisionRefusedException extends RuntimeException {
  private static final String HINT = "\nHINT: ";

  private final Why why;
  private final String hint;

  /** What the decision failed at. */
  public enum Why {
    /** The answers are not what the task asks for. */
    ANSWERS,
    /** The person is not in the group that decides the task. */
    GROUP,
    /** The person had a part in the run before. */
    FOUR_EYES,
    /** The task is not open: it was decided, its run ended, or there never was such a task. */
    NOT_OPEN
  }

  /**
   * @param text a plain fact, and after {@code HINT:} in a line of its own what to do, if there is
   *     something to do
   */
  DecisionRefusedException(Why why, String text, Throwable cause) {
    super(text.split(HINT, 2)[0], cause);
    this.why = why;
    hint = text.contains(HINT) ? text.split(HINT, 2)[1] : "";
  }

  public Why why() {
    return why;
  }

  /** Returns what to do; empty if there is nothing to say. */
  public String hint() {
    return hint;
  }
}
