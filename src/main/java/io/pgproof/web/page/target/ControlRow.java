package io.pgproof.web.page.target;

import io.pgproof.evidence.ControlResult;
import io.pgproof.web.page.Sign;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a negative control.
 *
 * @param check the check that must find the damage
 * @param note what was damaged, or why nothing can be said
 * @param run the verification of the damaged copy; {@code null} if there was none
 */
record ControlRow(Sign sign, String layer, String check, String note, @Nullable String run) {

  static ControlRow of(ControlResult result) {
    String type =
        switch (result.outcome()) {
          case CAUGHT -> "proven";
          case MISSED -> "refuted";
          case COULD_NOT_TELL -> "inconclusive";
          case NOT_APPLICABLE -> "idle";
        };
    return new ControlRow(
        new Sign(type, result.outcome().words()),
        result.layer(),
        result.check(),
        Optional.ofNullable(result.why())
            .orElseGet(() -> Objects.requireNonNullElse(result.damage(), "")),
        result.run());
  }
}
