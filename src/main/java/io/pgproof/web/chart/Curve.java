package io.pgproof.web.chart;

import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A series of durations and its limit, as a line that has a gap where a value is missing. */
final class Curve {
  private final List<Point> points;
  private final Optional<Duration> limit;

  Curve(List<Point> points, Optional<Duration> limit) {
    this.points = points.stream().sorted(Comparator.comparing(Point::at)).toList();
    this.limit = limit;
  }

  private record Spot(double x, double y) {
    @Override
    public String toString() {
      return Svg.number(x) + "," + Svg.number(y);
    }
  }

  boolean isEmpty() {
    return points.stream().allMatch(point -> point.value().isEmpty());
  }

  /** Returns a scale on which every value and the limit fit. */
  DurationScale scale() {
    return DurationScale.reaching(most());
  }

  /** Returns the greatest value, or the limit if that is greater. */
  Duration most() {
    Duration most = limit.orElse(Duration.ZERO);
    return highest().filter(value -> value.compareTo(most) > 0).orElse(most);
  }

  private Optional<Duration> highest() {
    return points.stream().flatMap(point -> point.value().stream()).max(Comparator.naturalOrder());
  }

  /** Draws the line, the area below it, single values as dots, and each value above the limit. */
  void draw(
      Svg svg,
      ToDoubleFunction<Instant> x,
      ToDoubleFunction<Duration> y,
      double ground,
      double radius) {
    List<List<Point>> parts = parts();
    Function<Point, Spot> spot =
        point ->
            new Spot(x.applyAsDouble(point.at()), y.applyAsDouble(point.value().orElseThrow()));
    for (List<Point> part : parts) {
      List<Spot> spots = part.stream().map(spot).toList();
      if (spots.size() == 1) {
        dot(svg, Hue.CURVE, spots.get(0), radius);
      } else {
        line(svg, spots, ground);
      }
    }
    parts.stream()
        .flatMap(List::stream)
        .filter(this::isAbove)
        .forEach(point -> dot(svg, Hue.LIMIT, spot.apply(point), radius));
  }

  private static void line(Svg svg, List<Spot> spots, double ground) {
    String line = String.join(" ", spots.stream().map(Spot::toString).toList());
    Spot first = spots.get(0);
    Spot last = spots.get(spots.size() - 1);
    svg.empty(
        "polygon",
        "class",
        "area",
        "fill",
        Hue.CURVE.paper(),
        "fill-opacity",
        0.1,
        "points",
        new Spot(first.x(), ground) + " " + line + " " + new Spot(last.x(), ground));
    svg.empty(
        "polyline",
        "class",
        Hue.CURVE.type(),
        "fill",
        "none",
        "stroke",
        Hue.CURVE.paper(),
        "stroke-width",
        1.8,
        "stroke-linejoin",
        "round",
        "points",
        line);
  }

  private static void dot(Svg svg, Hue hue, Spot spot, double radius) {
    svg.empty(
        "circle",
        "class",
        hue.type() + " dot",
        "fill",
        hue.paper(),
        "cx",
        spot.x(),
        "cy",
        spot.y(),
        "r",
        radius);
  }

  /** Returns the values without gaps between them, each part with one value at least. */
  private List<List<Point>> parts() {
    List<List<Point>> parts = new ArrayList<>();
    List<Point> part = new ArrayList<>();
    for (Point point : points) {
      if (point.value().isPresent()) {
        part.add(point);
      } else if (!part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
      }
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  private boolean isAbove(Point point) {
    return limit.isPresent() && point.value().orElseThrow().compareTo(limit.get()) > 0;
  }

  /**
   * Returns the series in words.
   *
   * @param limitName such as {@code limit}
   */
  String describe(String limitName) {
    String allowed =
        limit.map(most -> ", " + limitName + " " + HumanFormat.duration(most)).orElse("");
    List<Point> measured = points.stream().filter(point -> point.value().isPresent()).toList();
    if (measured.isEmpty()) {
      return "no value" + allowed;
    }
    Point last = measured.get(measured.size() - 1);
    Duration lowest =
        measured.stream()
            .map(point -> point.value().orElseThrow())
            .min(Comparator.naturalOrder())
            .orElseThrow();
    long above = measured.stream().filter(this::isAbove).count();
    return (measured.size() == 1 ? "1 value" : measured.size() + " values")
        + ", last "
        + HumanFormat.measured(last.value().orElseThrow())
        + " on "
        + Plot.day(last.at())
        + (measured.size() == 1
            ? ""
            : ", from "
                + HumanFormat.measured(lowest)
                + " to "
                + HumanFormat.measured(highest().orElseThrow()))
        + allowed
        + limit.map(most -> above == 0 ? ", never exceeded" : ", exceeded by " + above).orElse("");
  }
}
