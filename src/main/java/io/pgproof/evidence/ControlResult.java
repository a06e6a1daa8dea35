package io.pgproof.evidence;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a negative control showed about one layer.
 *
 * @param layer what was damaged, such as {@code page}
 * @param check name of the check that must find it
 * @param caughtBy names of all checks that failed
 * @param run the verification of the damaged copy; {@code null} if there was none
 * @param damage what was damaged, in words; {@code null} if nothing was
 * @param why what else there is to say: why the layer does not apply, or why pgproof could not tell
 */
public record ControlResult(
    String layer,
    String check,
    Outcome outcome,
    List<String> caughtBy,
    @Nullable String run,
    @Nullable String damage,
    @Nullable String why) {

  public ControlResult {
    caughtBy = List.copyOf(caughtBy);
  }

  /** The outcome. */
  public enum Outcome {
    /** The check failed, as it must. */
    CAUGHT("caught"),
    /** The check passed although its layer was damaged: the gravest alarm. */
    MISSED("missed"),
    /** The check was not made, which says nothing about it. */
    COULD_NOT_TELL("could-not-tell"),
    /** The backup has no such layer, or the depth does not include the check. */
    NOT_APPLICABLE("not-applicable");

    private final String code;

    Outcome(String code) {
      this.code = code;
    }

    /** Returns the word that is stored. */
    @JsonValue
    public String code() {
      return code;
    }

    /** Returns the words for a person. */
    public String words() {
      return code.replace('-', ' ');
    }
  }

  /**
   * Returns which checks found the damage, in words that follow those of the outcome; empty if none
   * did, or if that says nothing.
   */
  public String finders() {
    String names = String.join(", ", caughtBy);
    return switch (outcome) {
      case CAUGHT -> names.isEmpty() ? "" : " by " + names;
      case MISSED -> names.isEmpty() ? "" : "; found by " + names;
      case COULD_NOT_TELL, NOT_APPLICABLE -> "";
    };
  }

  /** Returns one line for a person to read. */
  public String describe() {
    return layer
        + ": "
        + outcome.words()
        + (outcome == Outcome.MISSED ? " by the check " + check : "")
        + finders()
        + (damage == null ? "" : " (" + damage + ")")
        + (why == null ? "" : ": " + why);
  }
}
