package io.pgproof.workflow.decide;

import org.camunda.bpm.engine.BadUserRequestException;

/**
 * This person may not decide so, whatever the answers are; the engine answers it as any mistake.
 */
public final class DecisionDeniedException extends BadUserRequestException {
  private static final long serialVersionUID = 1L;

  private final DecisionRefusedException.Why why;

  public DecisionDeniedException(DecisionRefusedException.Why why, String message) {
    super(message);
    this.why = why;
  }

  DecisionRefusedException.Why why() {
    return why;
  }
}
