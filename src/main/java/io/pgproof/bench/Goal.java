package io.pgproof.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A figure that pgproof must reach: a ratio of two series of one run, or a series itself.
 *
 * @param figure what the figure means
 * @param series the series that is judged
 * @param base the series that it is divided by, round by round; empty to judge the series itself
 * @param limit the most that the median may be; the least for a rate
 * @param rate whether more is better
 */
public record Goal(
    String figure, String series, Optional<String> base, double limit, boolean rate) {

  /** All goals, in the order of the table. */
  public static final List<Goal> ALL =
      List.of(
          ratio("quick / fastest by hand", "quick", "hand-fast", 0.75),
          ratio("standard / fastest by hand, which checks nothing", "standard", "hand-fast", 0.9),
          ratio("standard / by hand with the same checks", "standard", "hand-checks", 0.42),
          ratio("deep / by hand with the same checks", "deep", "hand-deep", 0.6),
          ratio("recovery / recovery by hand", "standard: recover", "hand: recover", 0.5),
          ratio("quick, plain files / copying them", "quick-plain", "copy", 0.7),
          value("teardown", "standard: teardown", 0.5),
          value("what is not a phase of a run in a server", "small: rest", 0.3),
          value("--help", "help", 0.7),
          value("wrong usage", "usage", 0.7),
          value("no such path", "no-such-path", 0.7),
          value("not a backup", "no-backup", 0.7),
          value("doctor", "doctor", 0.7),
          value("images list", "images-list", 0.7),
          value("command to its first step, cold", "command: first step, cold", 5),
          value("command to its first step, warm", "command: first step, warm", 3),
          value("command, processor time", "command: processor", 5),
          value("command through a server, on top", "through-server: on top", 0.5),
          value("server's resident memory, MiB", "server: resident", 400),
          value("memory that small backups add in a minute, MiB", "small: memory on top", 40),
          new Goal(
              "small backups an hour, two at a time",
              "small-per-hour",
              Optional.empty(),
              2400,
              true));

  private static Goal ratio(String figure, String series, String base, double limit) {
    return new Goal(figure, series, Optional.of(base), limit, false);
  }

  private static Goal value(String figure, String series, double limit) {
    return new Goal(figure, series, Optional.empty(), limit, false);
  }

  /** Returns the values of this figure round by round; empty if its series were not measured. */
  public Optional<Series> in(BenchResult result) {
    Optional<Series> judged = result.find(series);
    if (base.isEmpty() || judged.isEmpty()) {
      return judged.map(found -> new Series(figure, found.unit(), found.values()));
    }
    return result.find(base.get()).map(divisor -> divided(judged.get(), divisor));
  }

  private Series divided(Series judged, Series divisor) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0;
        round < Math.min(judged.values().size(), divisor.values().size());
        round++) {
      ratios.add(judged.values().get(round) / divisor.values().get(round));
    }
    return new Series(figure, "", ratios);
  }

  /** Returns whether the median of these values reaches the goal. */
  public boolean isReached(Series values) {
    return rate ? values.median() >= limit : values.median() <= limit;
  }

  /** Returns whether the newer values are worse than the older ones by more than their spread. */
  public boolean isWorse(Series older, Series newer) {
    return rate ? newer.most() < older.least() : newer.least() > older.most();
  }
}
