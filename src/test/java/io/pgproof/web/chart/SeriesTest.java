package io.pgproof.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Durations over time: the small line and the chart with axes draw the same curve. */
class SeriesTest {
  private static final Instant FROM = Instant.parse("2026-09-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2026-11-30T00:00:00Z");
  private static final Optional<Duration> LIMIT = Optional.of(Duration.ofHours(24));

  private static List<Point> points(Duration... values) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      points.add(new Point(FROM.plus(Duration.ofDays(i)), Optional.ofNullable(values[i])));
    }
    return points;
  }

  private static List<Drawn> drawn(List<Point> points, Optional<Duration> limit) {
    return List.of(
        Drawn.of(SparkLine.draw("Data age", points, limit, "limit", FROM, UNTIL)),
        Drawn.of(SeriesChart.draw("Data age", points, limit, "limit", FROM, UNTIL)));
  }

  @Test
  void nothingMeasuredIsSaidAndDrawsNoCurve() {
    for (List<Point> points : List.of(List.<Point>of(), points(null, null))) {
      for (Drawn drawn : drawn(points, LIMIT)) {
        assertThat(drawn.label()).isEqualTo("Data age: no value, limit 24 h");
        assertThat(drawn.shapes("polyline", "curve")).isEmpty();
        assertThat(drawn.shapes("circle", "dot")).isEmpty();
        assertThat(drawn.shape("line", "limit").getAttribute("stroke-dasharray")).isNotEmpty();
      }
    }
    assertThat(drawn(List.of(), LIMIT).get(1).texts("text")).contains("no value yet");
  }

  @Test
  void oneValueIsADot() {
    for (Drawn drawn : drawn(points(Duration.ofHours(3)), Optional.empty())) {
      drawn.shape("circle", "curve");
      assertThat(drawn.shapes("polyline", "curve")).isEmpty();
      assertThat(drawn.label()).isEqualTo("Data age: 1 value, last 3 h on 1 Sep 2026");
    }
  }

  @Test
  void aDayWithoutAValueIsAGapAndNotAZero() {
    List<Point> points =
        points(
            Duration.ofHours(2),
            Duration.ofHours(3),
            null,
            Duration.ofHours(4),
            null,
            Duration.ofHours(5),
            Duration.ofHours(6));
    for (Drawn drawn : drawn(points, LIMIT)) {
      assertThat(drawn.shapes("polyline", "curve"))
          .extracting(line -> line.getAttribute("points").split(" ").length)
          .containsExactly(2, 2);
      drawn.shape("circle", "curve");
      assertThat(drawn.label())
          .contains(
              "5 values, last 6 h on 7 Sep 2026, from 2 h to 6 h, limit 24 h, never exceeded");
    }
  }

  @Test
  void aValueAboveTheLimitIsMarked() {
    for (Drawn drawn :
        drawn(points(Duration.ofHours(23), Duration.ofHours(25), Duration.ofHours(24)), LIMIT)) {
      drawn.shape("circle", "limit");
      assertThat(drawn.label()).endsWith("exceeded by 1");
    }
  }

  @Test
  void equalValuesLieOnOneHeight() {
    for (Drawn drawn :
        drawn(points(Duration.ofHours(3), Duration.ofHours(3), Duration.ofHours(3)), LIMIT)) {
      assertThat(
              List.of(drawn.shape("polyline", "curve").getAttribute("points").split(" ")).stream()
                  .map(point -> point.split(",")[1])
                  .distinct())
          .hasSize(1);
    }
  }

  @Test
  void zeroHugeAndNegativeValuesStayWithinTheEdges() {
    drawn(points(Duration.ZERO, Duration.ZERO), Optional.empty());
    drawn(points(Duration.ofSeconds(1), Duration.ofSeconds(Long.MAX_VALUE)), LIMIT);
    drawn(points(Duration.ofSeconds(-5), Duration.ofHours(1)), LIMIT);
    drawn(points(Duration.ofSeconds(1)), Optional.of(Duration.ofDays(36_500)));
  }

  @Test
  void valuesOutsideOfTheTimeStayWithinTheEdges() {
    List<Point> points =
        List.of(
            new Point(FROM.minusSeconds(90_000), Optional.of(Duration.ofHours(1))),
            new Point(UNTIL.plusSeconds(90_000), Optional.of(Duration.ofHours(2))));
    drawn(points, LIMIT);
    Drawn.of(SeriesChart.draw("Data age", points, LIMIT, "limit", FROM, FROM));
    Drawn.of(SparkLine.draw("Data age", points, LIMIT, "limit", FROM, FROM));
  }

  @Test
  void valuesAreDrawnInTheOrderOfTime() {
    List<Point> points = new ArrayList<>(points(Duration.ofHours(1), Duration.ofHours(2)));
    points.add(0, points.remove(1));
    assertThat(drawn(points, LIMIT).get(1).label()).contains("last 2 h on 2 Sep 2026");
  }

  @Test
  void textIsEscaped() {
    Drawn drawn =
        Drawn.of(SparkLine.draw("a<b>\"c\"&\u0000", List.of(), LIMIT, "limit", FROM, UNTIL));
    assertThat(drawn.label()).startsWith("a<b>\"c\"&\ufffd: ");
  }

  @Test
  void scalesReachTheirValuesByRoundSteps() {
    assertThat(DurationScale.reaching(Duration.ZERO).top()).isEqualTo(Duration.ofMillis(100));
    assertThat(DurationScale.reaching(Duration.ofMillis(840)).top())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(DurationScale.reaching(Duration.ofHours(24)).ticks())
        .containsExactly(
            Duration.ZERO,
            Duration.ofHours(6),
            Duration.ofHours(12),
            Duration.ofHours(18),
            Duration.ofHours(24));
    DurationScale days = DurationScale.reaching(Duration.ofDays(120));
    assertThat(days.label(days.top())).isEqualTo("150 d");
    DurationScale minutes = DurationScale.reaching(Duration.ofSeconds(100));
    assertThat(minutes.label(Duration.ofSeconds(90))).isEqualTo("90 s");
    DurationScale mixed = DurationScale.reaching(Duration.ofSeconds(330));
    assertThat(mixed.label(mixed.top())).isEqualTo("6 min");
  }
}
