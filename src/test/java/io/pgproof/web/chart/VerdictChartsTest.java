package io.pgproof.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Verdict;
import io.pgproof.web.chart.VerdictTimeline.Band;
import io.pgproof.web.chart.VerdictTimeline.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictChartsTest {
  private static final LocalDate FIRST = LocalDate.of(2026, 9, 1);
  private static final Instant FROM = Instant.parse("2026-09-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2026-11-30T00:00:00Z");

  private static Day day(int index, Verdict verdict) {
    return new Day(FIRST.plusDays(index), Optional.ofNullable(verdict));
  }

  @Test
  void daysAreCountedInWords() {
    List<Day> days =
        List.of(
            day(0, null),
            day(1, Verdict.PROVEN),
            day(2, Verdict.STALE),
            day(3, Verdict.INCONCLUSIVE),
            day(4, Verdict.REFUTED));
    assertThat(Drawn.of(DayCells.compact("shop", days)).label())
        .isEqualTo(
            "shop, 5 days: 1 proven, 1 stale, 1 inconclusive, 1 refuted, 1 without a run; 1 Sep 2026 to 5 Sep 2026");
    assertThat(Drawn.of(DayCells.wide("shop", days)).texts("title"))
        .containsExactly(
            "shop, 5 days",
            "1 Sep 2026: no run",
            "2 Sep 2026: proven",
            "3 Sep 2026: stale",
            "4 Sep 2026: inconclusive",
            "5 Sep 2026: refuted");
  }

  @Test
  void eachStateHasAFormOfItsOwn() {
    Set<String> forms = new HashSet<>();
    for (Verdict verdict :
        new Verdict[] {
          null, Verdict.PROVEN, Verdict.STALE, Verdict.INCONCLUSIVE, Verdict.REFUTED
        }) {
      Drawn drawn = Drawn.of(DayCells.compact("shop", List.of(day(0, verdict))));
      forms.add(drawn.shape("path", verdict == null ? "none" : verdict.word()).getAttribute("d"));
    }
    assertThat(forms).hasSize(5);
  }

  @Test
  void noDayIsSaid() {
    assertThat(Drawn.of(DayCells.compact("shop", List.of())).label())
        .isEqualTo("shop, 0 days: no day");
    assertThat(Drawn.of(DayCells.wide("shop", List.of(day(0, null)))).label())
        .isEqualTo("shop, 1 day: 1 without a run; 1 Sep 2026");
  }

  @Test
  void theTimelineHasARowForEachVerdictAndBandsForWaivers() {
    Drawn drawn =
        Drawn.of(
            VerdictTimeline.draw(
                "Verdicts of shop",
                Arrays.stream(Verdict.values())
                    .map(verdict -> new Mark(FROM.plus(Duration.ofDays(9)), verdict))
                    .toList(),
                List.of(
                    new Band(FROM.minusSeconds(60), FROM.plus(Duration.ofDays(3)), "ada"),
                    new Band(UNTIL.minusSeconds(60), UNTIL.plus(Duration.ofDays(3)), "olga"),
                    new Band(UNTIL.plusSeconds(60), UNTIL.plus(Duration.ofDays(3)), "later")),
                FROM,
                UNTIL));
    assertThat(drawn.texts("text"))
        .contains("refuted", "inconcl.", "stale", "proven", "waiver", "1 Sep", "30 Nov");
    assertThat(drawn.shapes("rect", "waiver")).hasSize(2);
    assertThat(drawn.label())
        .contains("1 proven, 1 stale, 1 inconclusive, 1 refuted", "waiver by ada from")
        .doesNotContain("later");
    assertThat(
            Arrays.stream(Verdict.values())
                .map(verdict -> drawn.shape("path", verdict.word()).getAttribute("d"))
                .distinct())
        .hasSize(4);
  }

  @Test
  void aTimelineWithoutRunsSaysSo() {
    Drawn drawn =
        Drawn.of(
            VerdictTimeline.draw(
                "Verdicts of shop",
                List.of(new Mark(FROM.minusSeconds(1), Verdict.REFUTED)),
                List.of(),
                FROM,
                UNTIL));
    assertThat(drawn.texts("text")).contains("no run in this time");
    assertThat(drawn.label()).endsWith("no run");
  }

  @Test
  void theBadgeSaysTargetAndState() {
    Drawn drawn = Drawn.of(Badge.draw("shop", Verdict.PROVEN, "proven 2 h ago"));
    assertThat(drawn.label()).isEqualTo("Backup of shop: proven 2 h ago");
    assertThat(drawn.texts("text")).containsExactly("shop", "proven 2 h ago");
    assertThat(Drawn.of(Badge.draw("new", "never verified")).texts("text"))
        .containsExactly("new", "never verified");
  }
}
