package io.pgproof.proof;

import java.util.List;

/** What pgproof says of a backup. Precedence: refuted, inconclusive, stale, proven. */
public sealed interface Verdict {

  Reason reason();

  /** One sentence for a person, without a full stop. */
  String message();

  /** The remedy; {@code null} where none is needed. */
  String hint();

  /** The word that the command line prints and {@code --json} carries. */
  String word();

  /** All that was asked for was checked and holds. */
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

  /** Sound, but its newest data are too old. */
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

  /** The backup is bad, through its own fault. */
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

  /** Could not tell: nothing is said about the backup. */
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

  /** Exit status of {@code verify}. */
  default int exitStatus() {
    return reason().fault().exitStatus();
  }

  /** A verdict as its report tells it. */
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
   * The verdict that the facts of one run ask for: the first finding of the gravest kind, and
   * without one of those that refute or could not tell, complete evidence.
   *
   * @param proven what to say of a backup that is proven
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
