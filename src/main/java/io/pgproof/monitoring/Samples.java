package io.pgproof.monitoring;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of one scrape. Not thread-safe. */
final class Samples {
  private static final double MILLIS = 1_000;

  private final Map<Metric, List<Sample>> samples = new EnumMap<>(Metric.class);

  private record Sample(Labels labels, double value) {}

  /**
   * Adds a value.
   *
   * @param labels the values of the metric's labels
   */
  void add(Metric metric, double value, String... labels) {
    String[] names = metric.labels().stream().map(Metric.Label::label).toArray(String[]::new);
    samples
        .computeIfAbsent(metric, key -> new ArrayList<>())
        .add(new Sample(Labels.of(names, labels), value));
  }

  void addCount(Metric metric, long count, String... labels) {
    add(metric, (double) count, labels);
  }

  /** Adds a time; 0 stands for one that never was. */
  void add(Metric metric, Optional<Instant> time, String... labels) {
    add(metric, time.map(Instant::toEpochMilli).orElse(0L) / MILLIS, labels);
  }

  void add(Metric metric, Duration duration, String... labels) {
    add(metric, duration.toMillis() / MILLIS, labels);
  }

  /** Returns the samples of all metrics that have any, in the order of the metrics. */
  MetricSnapshots snapshots() {
    return new MetricSnapshots(
        samples.entrySet().stream()
            .map(metric -> snapshot(metric.getKey(), metric.getValue()))
            .toList());
  }

  private static MetricSnapshot snapshot(Metric metric, List<Sample> samples) {
    return switch (metric.kind()) {
      case GAUGE -> {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder();
        samples.forEach(
            sample ->
                gauge.dataPoint(
                    GaugeDataPointSnapshot.builder()
                        .labels(sample.labels())
                        .value(sample.value())
                        .build()));
        yield gauge.name(baseName(metric)).help(metric.meaning()).build();
      }
      case COUNTER -> {
        CounterSnapshot.Builder counter = CounterSnapshot.builder();
        samples.forEach(
            sample ->
                counter.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .labels(sample.labels())
                        .value(sample.value())
                        .build()));
        yield counter.name(baseName(metric)).help(metric.meaning()).build();
      }
      case INFO -> {
        InfoSnapshot.Builder info = InfoSnapshot.builder();
        samples.forEach(
            sample ->
                info.dataPoint(InfoDataPointSnapshot.builder().labels(sample.labels()).build()));
        yield info.name(baseName(metric)).help(metric.meaning()).build();
      }
    };
  }

  /** Returns the name without the ending that the format adds. */
  static String baseName(Metric metric) {
    String name = metric.metricName();
    return name.substring(0, name.length() - metric.kind().ending().length());
  }
}
