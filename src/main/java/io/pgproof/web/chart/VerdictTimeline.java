package io.pgproof.web.chart;

import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Each run as a mark in the row of its verdict, the gravest at the top, and waivers as bands behind
 * them.
 */
public final class VerdictTimeline {
  private static final int HEIGHT = 190;

  /** Width of the word {@code waiver} where the style sheet enlarges it. */
  private static final int NAME_WIDTH = 64;

  /** The gravest first. */
  private static final List<Verdict> ROWS =
      List.of(Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.STALE, Verdict.PROVEN);

  private VerdictTimeline() {}

  /** A verdict and when it was reached. */
  public record Mark(Instant at, Verdict verdict) {}

  /**
   * A time in which a stale backup is accepted.
   *
   * @param grantedBy the person who accepted it
   */
  public record Band(Instant from, Instant until, String grantedBy) {}

  /** Draws the marks and bands that lie between two moments, as far as they do. */
  public static String draw(
      String title, List<Mark> marks, List<Band> bands, Instant from, Instant until) {
    Plot plot = new Plot(from, until, HEIGHT);
    List<Mark> shown = marks.stream().filter(mark -> plot.holds(mark.at())).toList();
    List<Band> shownBands =
        bands.stream()
            .filter(band -> band.until().isAfter(from) && band.from().isBefore(until))
            .toList();
    Svg svg = new Svg("verdicts", Plot.WIDTH, HEIGHT, false, title, describe(shown, shownBands));
    double room = (plot.bottom() - Plot.TOP) / ROWS.size();
    for (Band band : shownBands) {
      draw(svg, plot, band);
    }
    for (int row = 0; row < ROWS.size(); row++) {
      Verdict verdict = ROWS.get(row);
      double middle = Plot.TOP + (row + 0.5) * room;
      svg.empty(
          "line",
          "class",
          Hue.GRID.type(),
          "stroke",
          Hue.GRID.paper(),
          "x1",
          Plot.LEFT,
          "x2",
          plot.right(),
          "y1",
          middle,
          "y2",
          middle);
      Plot.label(svg, shortWord(verdict), Plot.LEFT - 8, middle + 4, "end");
      StringBuilder path = new StringBuilder();
      shown.stream()
          .filter(mark -> mark.verdict() == verdict)
          .forEach(
              mark ->
                  path.append('M')
                      .append(Svg.number(plot.x(mark.at()) - 1.5))
                      .append(' ')
                      .append(Svg.number(middle - 10))
                      .append("h3v20h-3z"));
      if (!path.isEmpty()) {
        Hue hue = Hue.of(verdict);
        svg.empty("path", "class", hue.type(), "fill", hue.paper(), "d", path);
      }
    }
    if (shown.isEmpty()) {
      Plot.label(
          svg, "no run in this time", (Plot.LEFT + plot.right()) / 2, HEIGHT / 2.0, "middle");
    }
    plot.drawDays(svg);
    return svg.end();
  }

  private static void draw(Svg svg, Plot plot, Band band) {
    double x = plot.x(band.from());
    svg.open("g")
        .line("title", words(band))
        .empty(
            "rect",
            "class",
            Hue.WAIVER.type(),
            "fill",
            Hue.WAIVER.paper(),
            "fill-opacity",
            0.15,
            "x",
            x,
            "y",
            Plot.TOP - 4,
            "width",
            Math.max(1, plot.x(band.until()) - x),
            "height",
            plot.bottom() - Plot.TOP + 4)
        .close();
    boolean fits = x + NAME_WIDTH < plot.right();
    Plot.label(svg, "waiver", fits ? x + 3 : plot.right(), Plot.TOP + 8, fits ? "start" : "end");
  }

  private static String shortWord(Verdict verdict) {
    return verdict == Verdict.INCONCLUSIVE ? "inconcl." : verdict.word();
  }

  private static String describe(List<Mark> marks, List<Band> bands) {
    List<String> counts = new ArrayList<>();
    Arrays.stream(Verdict.values())
        .forEach(
            verdict -> {
              long count = marks.stream().filter(mark -> mark.verdict() == verdict).count();
              if (count > 0) {
                counts.add(count + " " + verdict.word());
              }
            });
    if (marks.isEmpty()) {
      counts.add("no run");
    }
    return String.join(
        "; ",
        Stream.concat(
                Stream.of(String.join(", ", counts)), bands.stream().map(VerdictTimeline::words))
            .toList());
  }

  private static String words(Band band) {
    return "waiver by "
        + band.grantedBy()
        + " from "
        + HumanFormat.time(band.from())
        + " to "
        + HumanFormat.time(band.until());
  }
}
