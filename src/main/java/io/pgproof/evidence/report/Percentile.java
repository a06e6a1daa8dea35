package io.pgproof.evidence.report;

import java.util.List;

/** Percentiles by nearest rank, so that each is a value that a run measured. */
final class Percentile {
  private Percentile() {}

  /**
   * Returns the smallest value that at least {@code percent} of 100 values do not exceed.
   *
   * @param ascending at least one value, in ascending order
   * @param percent from 1 to 100
   */
  static <T> T nearestRank(List<T> ascending, int percent) {
    long rank = ((long) ascending.size() * percent + 99) / 100;
    return ascending.get((int) rank - 1);
  }
}
