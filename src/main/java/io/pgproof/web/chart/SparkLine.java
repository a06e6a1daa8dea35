package io.pgproof.web.chart;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A small line without axes, with its limit as a dashed line. */
public final class SparkLine {
  private static final int WIDTH = 120;
  private static final int HEIGHT = 28;
  private static final double RADIUS = 1.8;

  /** What is left free at each edge, so that a thick line is not cut. */
  private static final double EDGE = 2;

  private SparkLine() {}

  /**
   * Draws the line.
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
    Svg svg = new Svg("spark", WIDTH, HEIGHT, false, title, curve.describe(limitName));
    // A little more than the greatest value, so that neither it nor the limit lies on the edge.
    Duration most = curve.most().plusMillis(1);
    double seconds = Math.max(1, Duration.between(from, until).toSeconds());
    limit.ifPresent(
        value ->
            svg.empty(
                "line",
                "class",
                Hue.LIMIT.type(),
                "stroke",
                Hue.LIMIT.paper(),
                "stroke-dasharray",
                "3 3",
                "x1",
                0,
                "x2",
                WIDTH,
                "y1",
                y(value, most),
                "y2",
                y(value, most)));
    curve.draw(
        svg,
        at -> {
          double share = Duration.between(from, at).toSeconds() / seconds;
          return EDGE + Math.min(1, Math.max(0, share)) * (WIDTH - 2 * EDGE);
        },
        value -> y(value, most),
        HEIGHT,
        RADIUS);
    return svg.end();
  }

  private static double y(Duration value, Duration most) {
    double share = DurationScale.seconds(value) / DurationScale.seconds(most);
    return HEIGHT - EDGE - Math.max(0, share) * (HEIGHT - 3 * EDGE);
  }
}
