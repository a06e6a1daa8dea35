package io.pgproof.web.chart;

import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Durations over time, with their limit as a dashed line. */
public final class SeriesChart {
  private static final int HEIGHT = 190;
  private static final double RADIUS = 2.6;

  private SeriesChart() {}

  /**
   * Draws the chart.
   *
   * @param title what is measured, such as {@code Data age}
   * @param limitName such as {@code limit} or {@code objective}
   */
  public static String draw(
      String title,
      List<Point> points,
      Optional<Duration> limit,
      String limitName,
      Instant from,
      Instant until) {
    Curve curve = new Curve(points, limit);
    Svg svg = new Svg("series", Plot.WIDTH, HEIGHT, false, title, curve.describe(limitName));
    Plot plot = new Plot(from, until, HEIGHT);
    DurationScale scale = curve.scale();
    plot.drawScale(svg, scale);
    plot.drawDays(svg);
    if (curve.isEmpty()) {
      Plot.label(svg, "no value yet", (Plot.LEFT + plot.right()) / 2, HEIGHT / 2.0, "middle");
    }
    curve.draw(svg, plot::x, value -> plot.y(scale, value), plot.bottom(), RADIUS);
    limit.ifPresent(
        value -> plot.drawLimit(svg, scale, value, limitName + " " + HumanFormat.duration(value)));
    return svg.end();
  }
}
