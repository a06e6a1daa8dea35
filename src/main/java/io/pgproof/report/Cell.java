package io.pgproof.report;

import io.pgproof.document.Printable;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.report.ComplianceReport.Proof;
import io.pgproof.evidence.report.ComplianceReport.Sample;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cell of a table in a report.
 *
 * @param style a class of the style sheet, or empty
 * @param runs ids of the runs that the cell is about
 * @param more how many more runs there are
 */
record Cell(String text, String style, List<String> runs, int more) {
  private static final int MOST_RUNS = 10;
  private static final Cell NONE = text("–");

  Cell {
    text = Printable.text(text);
    runs = List.copyOf(runs);
  }

  static Cell text(String text) {
    return new Cell(text, "", List.of(), 0);
  }

  /** A text of any length, which may hold long words. */
  static Cell prose(String text) {
    return new Cell(text, "prose", List.of(), 0);
  }

  static Cell count(int number) {
    return new Cell(Integer.toString(number), "number", List.of(), 0);
  }

  /** A number that must be seen. */
  static Cell alarm(int number) {
    return new Cell(Integer.toString(number), "verdict refuted", List.of(), 0);
  }

  /** A word that is not broken into lines. */
  static Cell word(String word) {
    return new Cell(word, "word", List.of(), 0);
  }

  static Cell verdict(Verdict verdict) {
    return new Cell(verdict.word(), "verdict " + verdict.word(), List.of(), 0);
  }

  static Cell outcome(ControlResult.Outcome outcome) {
    return new Cell(
        outcome.words(),
        outcome == ControlResult.Outcome.MISSED ? "verdict refuted" : "",
        List.of(),
        0);
  }

  static Cell time(@Nullable Instant time) {
    return time == null ? NONE : text(HumanFormat.time(time));
  }

  static Cell duration(@Nullable Long seconds) {
    return seconds == null ? NONE : text(HumanFormat.duration(Duration.ofSeconds(seconds)));
  }

  static Cell sample(@Nullable Sample sample) {
    return sample == null ? NONE : duration(sample.seconds()).of(List.of(sample.run()));
  }

  static Cell proof(@Nullable Proof proof) {
    return proof == null ? text("never") : time(proof.at()).of(List.of(proof.run()));
  }

  /** Returns the same cell with the first of these runs, and with how many more there are. */
  Cell of(List<String> all) {
    int shown = Math.min(all.size(), MOST_RUNS);
    return new Cell(text, style, all.subList(0, shown), all.size() - shown);
  }
}
