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

  /**
   * The verdict that the findings of one run ask for: the first one of the gravest kind.
   *
   * @param findings in the order in which they were found; empty when there were none
   * @param proven what to say when nothing was found
   */
  static Verdict reach(List<Finding> findings, String proven) {
    Finding gravest = null;
    for (Finding finding : findings) {
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
    if (gravest instanceof Finding.DataTooOld old) {
      return new Stale(old);
    }
    return new Proven(proven);
  }

  private static int gravity(Finding finding) {
    if (finding instanceof Finding.BackupFault) {
      return 3;
    }
    return finding instanceof Finding.CouldNotTell ? 2 : 1;
  }
}
