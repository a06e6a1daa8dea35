package io.pgproof.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was measured of one figure, a value for each round.
 *
 * @param name such as {@code standard}, or {@code standard: restore} for a phase of it
 * @param unit such as {@code s}
 * @param values at least one, in the order of the rounds
 */
public record Series(String name, String unit, List<Double> values) {
  public Series {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the series " + name + " has no value");
    }
  }

  /** Returns the value in the middle; of an even number of values, the mean of the two. */
  @JsonIgnore
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Returns the round with the value in the middle, from 0; of two in the middle, the lesser. */
  @JsonIgnore
  public int middleRound() {
    List<Integer> rounds =
        IntStream.range(0, values.size())
            .boxed()
            .sorted(Comparator.comparing(values::get))
            .toList();
    return rounds.get((rounds.size() - 1) / 2);
  }

  @JsonIgnore
  public double least() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  @JsonIgnore
  public double most() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
