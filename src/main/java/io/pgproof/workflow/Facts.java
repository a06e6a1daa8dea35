package io.pgproof.workflow;

import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import java.util.Locale;

/** Turns what rooms found into the report's own form. */
final class Facts {
  private Facts() {}

  static Report.CheckFacts of(Check check) {
    return new Report.CheckFacts(
        check.name(), check.outcome().name().toLowerCase(Locale.ROOT), check.detail(), check.took().toMillis());
  }
}
