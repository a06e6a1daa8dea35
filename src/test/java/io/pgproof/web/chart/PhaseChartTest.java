package io.pgproof.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.web.chart.PhaseChart.Stack;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhaseChartTest {
  private static final Instant FIRST = Instant.parse("2026-09-01T02:00:00Z");
  private static final List<Phase> PHASES =
      List.of(
          new Phase("inspect", Duration.ofMillis(500)),
          new Phase("restore", Duration.ofSeconds(60)),
          new Phase("recover", Duration.ofSeconds(30)));

  @Test
  void phasesAreStackedWithoutGaps() {
    Drawn drawn = Drawn.of(PhaseChart.stacks("Phases", List.of(new Stack(FIRST, PHASES))));
    double end = 0;
    for (Phase phase : PHASES) {
      var box = drawn.shape("rect", "phase-" + phase.name());
      double y = Double.parseDouble(box.getAttribute("y"));
      double height = Double.parseDouble(box.getAttribute("height"));
      if (end > 0) {
        assertThat(y + height).isBetween(end - 0.15, end + 0.15);
      }
      end = y;
    }
    assertThat(drawn.label())
        .isEqualTo(
            "Phases: 1 run, the longest took 1 min 30 s; the last, on 1 Sep 2026: inspect 0.50 s, restore 1 min, recover 30.0 s");
  }

  @Test
  void runsStandInTheOrderOfTime() {
    Drawn drawn =
        Drawn.of(
            PhaseChart.stacks(
                "Phases",
                List.of(
                    new Stack(FIRST.plus(Duration.ofDays(3)), PHASES),
                    new Stack(FIRST, List.of()))));
    assertThat(drawn.texts("title"))
        .containsExactly(
            "Phases",
            "1 Sep 2026: no phase",
            "4 Sep 2026: inspect 0.50 s, restore 1 min, recover 30.0 s");
  }

  @Test
  void noRunAndRunsWithoutTimeAreDrawn() {
    assertThat(Drawn.of(PhaseChart.stacks("Phases", List.of())).texts("text"))
        .contains("no run yet");
    Drawn.of(
        PhaseChart.stacks(
            "Phases", List.of(new Stack(FIRST, List.of(new Phase("restore", Duration.ZERO))))));
    assertThat(Drawn.of(PhaseChart.timeline("Phases", List.of())).label())
        .isEqualTo("Phases: no phase");
    Drawn.of(PhaseChart.timeline("Phases", List.of(new Phase("restore", Duration.ZERO))));
  }

  @Test
  void theTimelineOfARunIsAsLongAsItsPhases() {
    Drawn drawn = Drawn.of(PhaseChart.timeline("Phases", PHASES));
    assertThat(drawn.shape("rect", "phase-recover").getAttribute("x")).isEqualTo("668.5");
    assertThat(drawn.shape("rect", "phase-recover").getAttribute("width")).isEqualTo("331.5");
  }

  @Test
  void anUnknownPhaseIsDrawnToo() {
    Drawn.of(PhaseChart.timeline("Phases", List.of(new Phase("polish", Duration.ofSeconds(1)))))
        .shape("rect", "phase-polish");
  }
}
