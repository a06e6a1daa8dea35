package io.pgproof.bench;

import io.pgproof.web.chart.Phase;
import io.pgproof.web.chart.PhaseChart;
import io.pgproof.web.chart.PhaseChart.Bar;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Draws the ways to restore a backup, by hand and with pgproof, as bars of their phases. */
public final class BenchPicture {
  private static final List<Way> WAYS =
      List.of(
          new Way("hand", "by hand"),
          new Way("hand-fast", "by hand, fastest"),
          new Way("hand-checks", "by hand, with checks"),
          new Way("hand-deep", "by hand, deep checks"),
          new Way("article", "by hand, in a container"),
          new Way("quick", "pgproof, quick"),
          new Way("standard", "pgproof, standard"),
          new Way("deep", "pgproof, deep"));

  /** Phases of restores by hand, and the phases of pgproof that do the same. */
  private static final Map<String, String> SAME =
      Map.of(
          "container", "image",
          "unpack", "restore",
          "ask", "check",
          "manifest", "check",
          "amcheck", "check",
          "dump", "check",
          "checksums", "check");

  private BenchPicture() {}

  private record Way(String series, String name) {}

  /** Returns the picture as SVG; each bar is the round whose time is in the middle. */
  public static String draw(BenchResult result) {
    List<Bar> bars =
        WAYS.stream()
            .filter(way -> result.find(way.series()).isPresent())
            .map(way -> new Bar(way.name(), phases(result, way.series())))
            .toList();
    return PhaseChart.bars("Time from the files to the answer", bars);
  }

  private static List<Phase> phases(BenchResult result, String way) {
    String prefix = way + ": ";
    int round = result.find(way).orElseThrow().middleRound();
    return result.series().stream()
        .filter(series -> series.name().startsWith(prefix))
        .map(
            series -> {
              String phase = series.name().substring(prefix.length());
              return new Phase(
                  SAME.getOrDefault(phase, phase),
                  Duration.ofMillis(Math.max(0, Math.round(series.values().get(round) * 1000))));
            })
        .toList();
  }
}
