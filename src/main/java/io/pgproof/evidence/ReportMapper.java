package io.pgproof.evidence;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.source.Backup;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import java.util.Locale;

/** Converts the results of other packages into the types of the report. */
public final class ReportMapper {
  private ReportMapper() {}

  /** Returns the format of the backup, in the words of the report. */
  public static String format(Backup backup, BackupIdentity identity) {
    return identity.label().incremental() ? "incremental" : backup.format().word();
  }

  public static Report.CheckFacts of(Check check) {
    return new Report.CheckFacts(
        check.name(),
        check.outcome().name().toLowerCase(Locale.ROOT),
        check.detail(),
        check.took().toMillis(),
        check.inapplicable() == null ? null : check.inapplicable().code());
  }
}
