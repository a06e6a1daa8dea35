package io.pgproof.evidence.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** How far people are with a run that was not proven. */
public enum FailureState {
  DECIDED("decided", "decided"),
  WAIVED("waived", "accepted before"),
  OPEN("open", "waits for a decision"),
  NOBODY_DECIDED("nobody-decided", "nobody decided in time"),
  DELETED("deleted", "the run was deleted with its task"),
  REMOVED("evidence-removed", "its evidence was removed"),
  NO_TASK("no-task", "no task is recorded");

  private final String word;
  private final String label;

  FailureState(String word, String label) {
    this.word = word;
    this.label = label;
  }

  /** Returns the form that programs read. */
  @JsonValue
  public String word() {
    return word;
  }

  /** Returns the form that people read. */
  public String label() {
    return label;
  }

  /**
   * @throws IllegalArgumentException if there is no such state
   */
  @JsonCreator
  static FailureState of(String word) {
    return Arrays.stream(values())
        .filter(state -> state.word.equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown state of a failure: " + word));
  }
}
