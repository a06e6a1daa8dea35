package io.pgproof.report;

import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.report.ComplianceReport.NegativeControl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables about whether the checks of pgproof find damage. */
final class NegativeControlSections {
  private NegativeControlSections() {}

  private record Layer(String name, String check) {}

  static Section sums(List<NegativeControl> controls) {
    Map<Layer, List<ControlResult>> layers = new LinkedHashMap<>();
    for (NegativeControl control : controls) {
      for (ControlResult result : control.results()) {
        layers
            .computeIfAbsent(new Layer(result.layer(), result.check()), layer -> new ArrayList<>())
            .add(result);
      }
    }
    return Section.of(
        "negative-controls-by-layer",
        "Negative controls by layer",
        "A negative control damages copies of a proven backup, one layer each, and shows whether the"
            + " check of that layer finds it. Its runs count in no other figure.",
        List.of("Damaged layer", "Check", "Caught", "Missed", "Could not tell", "Not applicable"),
        layers.entrySet().stream()
            .map(
                layer ->
                    List.of(
                        Cell.text(layer.getKey().name()),
                        Cell.text(layer.getKey().check()),
                        Cell.count(count(layer.getValue(), Outcome.CAUGHT)),
                        count(layer.getValue(), Outcome.MISSED) == 0
                            ? Cell.count(0)
                            : Cell.alarm(count(layer.getValue(), Outcome.MISSED)),
                        Cell.count(count(layer.getValue(), Outcome.COULD_NOT_TELL)),
                        Cell.count(count(layer.getValue(), Outcome.NOT_APPLICABLE))))
            .toList(),
        "No negative control damaged a copy in the period.");
  }

  private static int count(List<ControlResult> results, Outcome outcome) {
    return (int) results.stream().filter(result -> result.outcome() == outcome).count();
  }

  /**
   * @param result {@code null} if there was no proven backup to damage
   */
  private record ControlRow(NegativeControl control, @Nullable ControlResult result) {
    int urgency() {
      return result == null
          ? 2
          : switch (result.outcome()) {
            case MISSED -> 0;
            case COULD_NOT_TELL -> 1;
            case NOT_APPLICABLE -> 3;
            case CAUGHT -> 4;
          };
    }

    Instant at() {
      return control.at();
    }
  }

  static Section each(List<NegativeControl> controls) {
    List<ControlRow> rows = new ArrayList<>();
    for (NegativeControl control : controls) {
      control.results().forEach(result -> rows.add(new ControlRow(control, result)));
      if (control.results().isEmpty()) {
        rows.add(new ControlRow(control, null));
      }
    }
    return Section.of(
        "negative-controls",
        "Negative controls",
        "Each copy that was damaged, and what the check of its layer said.",
        List.of("Target and control", "Ended", "Damaged layer", "Check", "Outcome"),
        rows,
        NegativeControlSections::control,
        Comparator.comparingInt(ControlRow::urgency)
            .thenComparing(ControlRow::at, Comparator.reverseOrder()),
        "missed damage first, then unclear results",
        "No negative control ended in the period.");
  }

  private static List<Cell> control(ControlRow row) {
    ControlResult result = row.result();
    Cell name = Cell.text(row.control().target()).of(List.of(row.control().control()));
    Cell at = Cell.time(row.at());
    return result == null
        ? List.of(name, at, Cell.text("–"), Cell.text("–"), Cell.text("no proven backup to damage"))
        : List.of(
            name,
            at,
            Cell.text(result.layer()),
            Cell.text(result.check()),
            Cell.outcome(result.outcome())
                .of(result.run() == null ? List.of() : List.of(result.run())));
  }
}
