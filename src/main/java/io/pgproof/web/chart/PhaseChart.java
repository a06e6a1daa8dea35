package io.pgproof.web.chart;

import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The phases of runs: as stacks, one for each run in the order of time, or as the timeline of one
 * run.
 */
public final class PhaseChart {
  /** The phases in their order, as reports name them. The class of each is its name. */
  public static final List<String> PHASES =
      List.of("inspect", "image", "restore", "start", "recover", "check", "teardown");

  private static final List<String> PAPER =
      List.of("#b9c3d3", "#8b95a5", "#1f5fbf", "#7aa7e9", "#3d7fdb", "#8a6fd1", "#cfd6e1");

  private static final int HEIGHT = 190;
  private static final int WIDEST = 34;
  private static final int LENGTH = 1000;
  private static final int THICKNESS = 24;
  private static final int BAR_ROOM = 34;
  private static final int BAR_LEFT = 190;
  private static final int BAR_RIGHT = 80;

  private PhaseChart() {}

  /** One run and its phases. */
  public record Stack(Instant at, List<Phase> phases) {
    Duration total() {
      return phases.stream().map(Phase::took).reduce(Duration.ZERO, Duration::plus);
    }
  }

  /** One of several ways to do the same, and its phases; their names are any. */
  public record Bar(String name, List<Phase> phases) {
    Duration total() {
      return phases.stream().map(Phase::took).reduce(Duration.ZERO, Duration::plus);
    }
  }

  /** Draws a bar for each way, as long as the time that it took, below one another. */
  public static String bars(String title, List<Bar> bars) {
    int height = BAR_ROOM * bars.size() + BAR_ROOM;
    Svg svg = new Svg("bars", Plot.WIDTH, height, false, title, describeBars(bars));
    Duration longest =
        bars.stream().map(Bar::total).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    double scale = (Plot.WIDTH - BAR_LEFT - BAR_RIGHT) / (double) Math.max(1, longest.toMillis());
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double y = BAR_ROOM * (i + 0.5);
      Plot.label(svg, bar.name(), BAR_LEFT - 8, y + THICKNESS * 0.7, "end");
      double x = BAR_LEFT;
      svg.open("g").line("title", bar.name() + ": " + words(bar.phases()));
      for (Phase phase : bar.phases()) {
        double width = phase.took().toMillis() * scale;
        box(svg, phase.name(), x, y, width, THICKNESS);
        x += width;
      }
      svg.close();
      Plot.label(svg, HumanFormat.measured(bar.total()), x + 8, y + THICKNESS * 0.7, "start");
    }
    return svg.end();
  }

  private static String describeBars(List<Bar> bars) {
    return bars.stream()
        .map(bar -> bar.name() + " " + HumanFormat.measured(bar.total()))
        .collect(Collectors.joining(", "));
  }

  /** Draws the stacks; the days below it are those of the first and the last run. */
  public static String stacks(String title, List<Stack> runs) {
    List<Stack> ordered = runs.stream().sorted(Comparator.comparing(Stack::at)).toList();
    Svg svg = new Svg("phases", Plot.WIDTH, HEIGHT, false, title, describe(ordered));
    Instant from = ordered.isEmpty() ? Instant.EPOCH : ordered.get(0).at();
    Instant until = ordered.isEmpty() ? from : ordered.get(ordered.size() - 1).at();
    Plot plot = new Plot(from, until, HEIGHT);
    DurationScale scale =
        DurationScale.reaching(
            ordered.stream()
                .map(Stack::total)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO));
    plot.drawScale(svg, scale);
    if (ordered.isEmpty()) {
      Plot.label(svg, "no run yet", (Plot.LEFT + plot.right()) / 2, HEIGHT / 2.0, "middle");
      return svg.end();
    }
    plot.drawDays(svg);
    double room = (plot.right() - Plot.LEFT) / ordered.size();
    double width = Math.min(WIDEST, room * 0.85);
    for (int i = 0; i < ordered.size(); i++) {
      Stack run = ordered.get(i);
      svg.open("g").line("title", Plot.day(run.at()) + ": " + words(run.phases()));
      double x = Plot.LEFT + i * room + (room - width) / 2;
      Duration below = Duration.ZERO;
      for (Phase phase : run.phases()) {
        Duration above = below.plus(phase.took());
        double y = plot.y(scale, above);
        box(svg, phase.name(), x, y, width, plot.y(scale, below) - y);
        below = above;
      }
      svg.close();
    }
    return svg.end();
  }

  /** Draws the phases of one run one after the other, as wide as the time that they took. */
  public static String timeline(String title, List<Phase> phases) {
    Svg svg = new Svg("phase-line", LENGTH, THICKNESS, true, title, words(phases));
    double total = phases.stream().mapToDouble(phase -> phase.took().toMillis()).sum();
    double x = 0;
    for (Phase phase : phases) {
      double width = total == 0 ? 0 : phase.took().toMillis() / total * LENGTH;
      svg.open("g").line("title", words(List.of(phase)));
      box(svg, phase.name(), x, 0, width, THICKNESS);
      svg.close();
      x += width;
    }
    return svg.end();
  }

  private static void box(Svg svg, String phase, double x, double y, double width, double height) {
    svg.empty(
        "rect",
        "class",
        "phase-" + phase,
        "fill",
        PHASES.contains(phase) ? PAPER.get(PHASES.indexOf(phase)) : Hue.NONE.paper(),
        "x",
        x,
        "y",
        y,
        "width",
        width,
        "height",
        height);
  }

  private static String describe(List<Stack> runs) {
    if (runs.isEmpty()) {
      return "no run";
    }
    Stack last = runs.get(runs.size() - 1);
    Duration longest = runs.stream().map(Stack::total).max(Comparator.naturalOrder()).orElseThrow();
    return (runs.size() == 1 ? "1 run" : runs.size() + " runs")
        + ", the longest took "
        + HumanFormat.measured(longest)
        + "; the last, on "
        + Plot.day(last.at())
        + ": "
        + words(last.phases());
  }

  private static String words(List<Phase> phases) {
    return phases.isEmpty()
        ? "no phase"
        : phases.stream()
            .map(phase -> phase.name() + " " + HumanFormat.measured(phase.took()))
            .collect(Collectors.joining(", "));
  }
}
