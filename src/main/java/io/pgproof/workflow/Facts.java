package io.pgproof.workflow;

import io.pgproof.backup.Backup;
import io.pgproof.backup.BackupIdentity;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import java.util.Locale;

/** Turns what rooms found into the report's own form. */
final class Facts {
  private Facts() {}

  /** How the backup was written, as reports say it. */
  static String format(Backup backup, BackupIdentity identity) {
    return identity.label().incremental() ? "incremental" : backup.format().word();
  }

  static Report.CheckFacts of(Check check) {
    return new Report.CheckFacts(
        check.name(), check.outcome().name().toLowerCase(Locale.ROOT), check.detail(), check.took().toMillis(),
        check.inapplicable() == null ? null : check.inapplicable().code());
  }
}
