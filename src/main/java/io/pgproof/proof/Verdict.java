package io.pgproof.proof;

import java.util.List;

/** The conclusion about a backup. Precedence: refuted, inconclusive, stale, proven. */
public sealed interface Verdict {

  Reason reason();

  /** Returns one sentence for a person, without a full stop. */
  String message();

  /** Returns the remedy; {@code null} if none is needed. */
  String hint();

  /** Returns the word that the command line and {@code --json} print. */
  String word();

  /** Every requested check was made and passed. */
  record Proven(String message) implements Verdict {
    @Override
    public Reason reason() {
      return Reason.FRESH;
    }

    @Override
    public String hint() {
      return null;
    }

    @Override
    public String word() {
      return "proven";
    }
  }

  /** The backup is sound, but its newest data are too old. */
  record Stale(Finding.DataTooOld finding) implements Verdict {
    @Override
    public Reason reason() {
      return finding.reason();
    }

    @Override
    public String message() {
      return finding.message();
    }

    @Override
    public String hint() {
      return finding.hint();
    }

    @Override
    public String word() {
      return "stale";
    }
  }

  /** The backup is bad, and the fault lies in the backup itself. */
  record Refuted(Finding.BackupFault finding) implements Verdict {
    @Override
    public Reason reason() {
      return finding.reason();
    }

    @Override
    public String message() {
      return finding.message();
    }

    @Override
    public String hint() {
      return finding.hint();
    }

    @Override
    public String word() {
      return "refuted";
    }
  }

  /** The run allows no conclusion about the backup. */
  record Inconclusive(Finding.CouldNotTell finding) implements Verdict {
    @Override
    public Reason reason() {
      return finding.reason();
    }

    @Override
    public String message() {
      return finding.message();
    }

    @Override
    public String hint() {
      return finding.hint();
    }

    @Override
    public String word() {
      return "inconclusive";
    }
  }

  /** Returns the exit status of {@code verify}. */
  default int exitStatus() {
    return reason().fault().exitStatus();
  }

  /** Returns the verdict that a report contains. */
  static Verdict of(Report report) {
    if (report.verdict().equals("proven")) {
      return new Proven(report.message());
    }
    Finding finding = Finding.of(Reason.of(report.reason()), report.message(), report.hint(), null);
    if (finding instanceof Finding.BackupFault fault) {
      return new Refuted(fault);
    }
    return finding instanceof Finding.DataTooOld old
        ? new Stale(old)
        : new Inconclusive((Finding.CouldNotTell) finding);
  }

  /**
   * Derives the verdict from the facts of one run. The first finding of the gravest kind decides.
   * If no finding refutes the backup or prevents a conclusion, the evidence must also be complete.
   *
   * @param proven message for a backup that is proven
   */
  static Verdict reach(RunFacts facts, String proven) {
    Finding gravest = null;
    for (Finding finding : facts.findings()) {
      if (gravest == null || gravity(finding) > gravity(gravest)) {
        gravest = finding;
      }
    }
    if (gravest instanceof Finding.BackupFault fault) {
      return new Refuted(fault);
    }
    if (gravest instanceof Finding.CouldNotTell unknown) {
      return new Inconclusive(unknown);
    }
    List<String> missing = CompleteEvidence.missing(facts);
    if (!missing.isEmpty()) {
      return new Inconclusive(
          new Finding.CouldNotTell(
              Reason.EVIDENCE_MISSING,
              "the run found nothing against the backup, and recorded no evidence of "
                  + String.join(", ", missing),
              Reason.EVIDENCE_MISSING.hint(),
              null));
    }
    return gravest instanceof Finding.DataTooOld old ? new Stale(old) : new Proven(proven);
  }

  private static int gravity(Finding finding) {
    if (finding instanceof Finding.BackupFault) {
      return 3;
    }
    return finding instanceof Finding.CouldNotTell ? 2 : 1;
  }
}
