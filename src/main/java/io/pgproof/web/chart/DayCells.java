package io.pgproof.web.chart;

import io.pgproof.proof.Verdict;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A row of days, one cell each. Height and form of a cell tell its verdict as its colour does:
 * refuted stands out above and below, stale is half as high as proven, inconclusive has a gap in
 * the middle, and a day without a verdict is a mark on the ground.
 */
public final class DayCells {
  private static final int CELL = 3;
  private static final double BAR = 2;
  private static final int HEIGHT = 22;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);

  private DayCells() {}

  /** Draws the days close together, for a row of a table. */
  public static String compact(String target, List<Day> days) {
    Svg svg = begin("days", target, days);
    // One path for each verdict, because a table can hold thousands of days.
    for (Hue hue : List.of(Hue.NONE, Hue.PROVEN, Hue.STALE, Hue.INCONCLUSIVE, Hue.REFUTED)) {
      StringBuilder path = new StringBuilder();
      for (int i = 0; i < days.size(); i++) {
        if (hue(days.get(i)) == hue) {
          path.append(path(days.get(i), i));
        }
      }
      if (!path.isEmpty()) {
        svg.empty("path", "class", hue.type(), "fill", hue.paper(), "d", path);
      }
    }
    return svg.end();
  }

  /** Draws the days so that the mouse finds the date and the verdict of each. */
  public static String wide(String target, List<Day> days) {
    Svg svg = begin("days wide", target, days);
    for (int i = 0; i < days.size(); i++) {
      Day day = days.get(i);
      Hue hue = hue(day);
      svg.open("g", "class", hue.type(), "fill", hue.paper())
          .line("title", DATE.format(day.date()) + ": " + word(day))
          // The whole height answers to the mouse, whatever the cell's own.
          .empty(
              "rect",
              "class",
              "hit",
              "fill-opacity",
              0,
              "x",
              i * CELL,
              "y",
              0,
              "width",
              CELL,
              "height",
              HEIGHT)
          .empty("path", "d", path(day, i))
          .close();
    }
    return svg.end();
  }

  private static Svg begin(String shape, String target, List<Day> days) {
    return new Svg(
        shape,
        Math.max(1, days.size()) * CELL,
        HEIGHT,
        true,
        target + ", " + (days.size() == 1 ? "1 day" : days.size() + " days"),
        describe(days));
  }

  private static String describe(List<Day> days) {
    if (days.isEmpty()) {
      return "no day";
    }
    List<String> counts = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      long count = days.stream().filter(day -> day.verdict().equals(Optional.of(verdict))).count();
      if (count > 0) {
        counts.add(count + " " + verdict.word());
      }
    }
    long without = days.stream().filter(day -> day.verdict().isEmpty()).count();
    if (without > 0) {
      counts.add(without + " without a run");
    }
    Comparator<Day> byDate = Comparator.comparing(Day::date);
    LocalDate first = days.stream().min(byDate).orElseThrow().date();
    LocalDate last = days.stream().max(byDate).orElseThrow().date();
    return String.join(", ", counts)
        + "; "
        + (first.equals(last)
            ? DATE.format(first)
            : DATE.format(first) + " to " + DATE.format(last));
  }

  private static Hue hue(Day day) {
    return day.verdict().map(Hue::of).orElse(Hue.NONE);
  }

  private static String word(Day day) {
    return day.verdict().map(Verdict::word).orElse("no run");
  }

  private static String path(Day day, int index) {
    int x = index * CELL;
    return switch (hue(day)) {
      case PROVEN -> bar(x, 4, 14);
      case STALE -> bar(x, 11, 7);
      case INCONCLUSIVE -> bar(x, 4, 5) + bar(x, 13, 5);
      case REFUTED -> bar(x, 0, HEIGHT);
      default -> bar(x, 16, 2);
    };
  }

  private static String bar(int x, int y, int height) {
    String width = Svg.number(BAR);
    return "M" + x + " " + y + "h" + width + "v" + height + "h-" + width + "z";
  }
}
