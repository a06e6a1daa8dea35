package io.pgproof.web.api;

/** A call cannot be answered as it was made; the caller gets this as a problem of RFC 9457. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final String hint;

  /**
   * @param detail a plain fact
   * @param hint the remedy; empty if there is nothing to say
   */
  public ProblemException(ProblemType type, String detail, String hint) {
    super(detail);
    this.type = type;
    this.hint = hint;
  }

  ProblemType type() {
    return type;
  }

  String hint() {
    return hint;
  }
}
