package io.pgproof.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The result of one benchmark, as its JSON file has it.
 *
 * @param schema {@link #SCHEMA}
 * @param at when it began
 * @param program version of pgproof
 * @param rounds how often each figure was measured
 */
public record BenchResult(
    int schema,
    Instant at,
    String program,
    Machine machine,
    Input input,
    int rounds,
    List<Series> series) {
  public static final int SCHEMA = 1;

  public BenchResult {
    series = List.copyOf(series);
  }

  /**
   * The machine.
   *
   * @param load the load of the last minute when the benchmark began
   * @param fileSystem type of the file system that the backups were on and were restored to
   */
  public record Machine(
      String processor,
      int cores,
      long memoryBytes,
      String kernel,
      String fileSystem,
      double load) {}

  /**
   * The backup that the figures are about.
   *
   * @param dataBytes size of the data directory without WAL
   * @param walBytes size of the WAL
   * @param archiveBytes size of the backup as gzip-compressed tar
   */
  public record Input(int major, long dataBytes, long walBytes, long archiveBytes) {}

  public Optional<Series> find(String name) {
    return series.stream().filter(one -> one.name().equals(name)).findFirst();
  }
}
