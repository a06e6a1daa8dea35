package io.pgproof.certificate;

import io.pgproof.certificate.PageTable.Row;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.Check;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Verdict;
import java.util.List;
import java.util.Objects;

/** What was found, checked, decided, reviewed and tested, as the page lists it. */
final class PageTables {
  private final Statement.Facts facts;

  PageTables(Statement.Facts facts) {
    this.facts = facts;
  }

  PageTable<Row> findings() {
    return PageTable.of(
        facts.findings().stream()
            .map(finding -> Row.of(finding.reason(), finding.message()))
            .toList());
  }

  List<Row> checks() {
    return facts.checks().stream().map(PageTables::check).toList();
  }

  private static Row check(Check check) {
    String result = check.inapplicable() == null ? check.outcome().word() : "does not apply";
    String style =
        switch (check.outcome()) {
          case PASSED -> Verdict.PROVEN.word();
          case FAILED -> Verdict.REFUTED.word();
          case MISMATCH -> Verdict.STALE.word();
          case SKIPPED -> "";
        };
    return new Row(
        List.of(check.name(), result, Objects.requireNonNullElse(check.detail(), "")), style);
  }

  PageTable<Row> people() {
    return PageTable.of(
        facts.people().stream()
            .map(deed -> Row.of(HumanFormat.time(deed.at()), deed.by(), deed.what()))
            .toList());
  }

  List<Row> controls() {
    List<Statement.Control> controls = facts.controls();
    return controls == null ? List.of() : controls.stream().map(PageTables::control).toList();
  }

  /** Returns why there are no controls. */
  String noControls() {
    return facts.target() == null
        ? "Negative controls are about targets; this run has none."
        : "No result of a negative control of this target is known, so nothing shows that its checks"
            + " find damage.";
  }

  private static Row control(Statement.Control control) {
    ControlResult result = control.result();
    return new Row(
        List.of(
            result.check(),
            Objects.requireNonNullElse(result.damage(), result.layer())
                + (result.why() == null ? "" : ": " + result.why()),
            result.outcome().words() + result.finders(),
            HumanFormat.time(control.at()),
            Objects.requireNonNullElse(result.run(), control.control())),
        switch (result.outcome()) {
          case CAUGHT -> Verdict.PROVEN.word();
          case MISSED -> Verdict.REFUTED.word();
          case COULD_NOT_TELL, NOT_APPLICABLE -> "";
        });
  }

  /** Returns a sentence, not a table. */
  String review() {
    Statement.Review review = facts.review();
    if (facts.target() == null) {
      return "Reviews are about targets; this run has none.";
    }
    return review == null
        ? "Nobody has reviewed the results of that day."
        : PageText.of(
            review.by()
                + (review.decision().equals(ServerEvent.ReviewDecided.SIGNED)
                    ? " signed"
                    : " asked for action about")
                + " the results of "
                + review.from()
                + " to "
                + review.to()
                + " on "
                + HumanFormat.time(review.at())
                + (review.remark() == null ? "." : ": " + review.remark()));
  }
}
