package io.pgproof.web.page.run;

import io.pgproof.proof.HumanFormat;
import io.pgproof.web.chart.PhaseChart;
import io.pgproof.web.view.RunDetails;
import io.pgproof.workflow.engine.ProgressBoard.Standing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a run that is under way.
 *
 * @param steps all phases
 * @param phase what the run does now, in words
 * @param done bytes done; 0 where bytes have no meaning
 * @param total bytes to do; 0 if not known
 * @param amount bytes and time left in words; empty if not known
 * @param note what exactly is being done, such as PostgreSQL's own words about recovery
 */
record RunProgress(
    List<Step> steps, String phase, long done, long total, String amount, @Nullable String note) {

  /**
   * A phase of the run.
   *
   * @param state {@code done}, {@code now} or {@code later}
   */
  record Step(String name, String state) {}

  static RunProgress of(RunDetails.Progress progress) {
    Standing standing = progress.standing();
    int now = PhaseChart.PHASES.indexOf(standing.phase());
    // A run waits for its container slot before it restores.
    int reached = now < 0 ? PhaseChart.PHASES.indexOf("restore") : now;
    List<Step> steps =
        PhaseChart.PHASES.stream()
            .map(
                phase -> {
                  int at = PhaseChart.PHASES.indexOf(phase);
                  return new Step(phase, at < reached ? "done" : at == now ? "now" : "later");
                })
            .toList();
    return new RunProgress(
        steps,
        now < 0 ? "waiting" : standing.phase(),
        Math.min(standing.done(), standing.total()),
        standing.total(),
        amount(progress),
        standing.note());
  }

  private static String amount(RunDetails.Progress progress) {
    Standing standing = progress.standing();
    if (standing.total() <= 0) {
      return "";
    }
    return HumanFormat.bytes(standing.done())
        + " of "
        + HumanFormat.bytes(standing.total())
        + progress.timeLeft().map(left -> ", " + HumanFormat.duration(left) + " left").orElse("");
  }
}
