package io.pgproof.web.chart;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The frame of a chart over time: the days below it, and the place of each moment in it. */
final class Plot {
  static final int WIDTH = 560;
  static final int LEFT = 80;
  static final int TOP = 28;
  private static final int RIGHT = 8;
  private static final int BOTTOM = 26;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY_OF_YEAR =
      DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final Instant from;
  private final Instant until;
  private final int height;

  /**
   * @param height of the whole chart
   */
  Plot(Instant from, Instant until, int height) {
    this.from = from;
    // A moment has a width too, or every x would be a division by zero.
    this.until = until.isAfter(from) ? until : from.plusSeconds(1);
    this.height = height;
  }

  double right() {
    return WIDTH - RIGHT;
  }

  double bottom() {
    return height - BOTTOM;
  }

  /** Returns whether the moment lies within the chart. */
  boolean holds(Instant at) {
    return !at.isBefore(from) && !at.isAfter(until);
  }

  /** Returns the place of a moment; one outside of the chart lies on its edge. */
  double x(Instant at) {
    double share = (double) Duration.between(from, at).toSeconds() / seconds();
    return LEFT + Math.min(1, Math.max(0, share)) * (right() - LEFT);
  }

  private double seconds() {
    return Math.max(1, Duration.between(from, until).toSeconds());
  }

  /** Draws the scale on the left, with a line for each tick. */
  void drawScale(Svg svg, DurationScale scale) {
    for (Duration tick : scale.ticks()) {
      double y = y(scale, tick);
      svg.empty(
          "line",
          "class",
          Hue.GRID.type(),
          "stroke",
          Hue.GRID.paper(),
          "x1",
          LEFT,
          "x2",
          right(),
          "y1",
          y,
          "y2",
          y);
      label(svg, scale.label(tick), LEFT - 8, y + 4, "end");
    }
  }

  double y(DurationScale scale, Duration value) {
    return bottom() - scale.share(value) * (bottom() - TOP);
  }

  /** Draws the first and the last day below the chart. */
  void drawDays(Svg svg) {
    String first = DAY.format(from);
    String last = DAY.format(until);
    label(svg, first, LEFT, height - 6, "start");
    if (!last.equals(first)) {
      label(svg, last, right(), height - 6, "end");
    }
  }

  /** Draws a dashed line; its name stands above the chart, where no value can be. */
  void drawLimit(Svg svg, DurationScale scale, Duration limit, String name) {
    double y = y(scale, limit);
    svg.empty(
        "line",
        "class",
        Hue.LIMIT.type(),
        "stroke",
        Hue.LIMIT.paper(),
        "stroke-dasharray",
        "5 4",
        "x1",
        LEFT,
        "x2",
        right(),
        "y1",
        y,
        "y2",
        y);
    label(svg, "- - " + name, right(), 16, "end");
  }

  static void label(Svg svg, String text, double x, double y, String anchor) {
    svg.line(
        "text",
        text,
        "class",
        Hue.SOFT.type(),
        "fill",
        Hue.SOFT.paper(),
        "x",
        x,
        "y",
        y,
        "text-anchor",
        anchor);
  }

  static String day(Instant at) {
    return DAY_OF_YEAR.format(at);
  }
}
