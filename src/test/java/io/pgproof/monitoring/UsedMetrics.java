package io.pgproof.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Verdict;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics of pgproof that a query of Prometheus names. */
final class UsedMetrics {
  private static final Pattern METRIC = Pattern.compile("\\b(pgproof_\\w+)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(?:=~|!=|!~|=)\\s*\"([^\"]*)\"");
  private static final Map<String, Metric> METRICS =
      Arrays.stream(Metric.values())
          .collect(Collectors.toMap(Metric::metricName, Function.identity()));

  private UsedMetrics() {}

  /** Fails unless the query names a metric, and only such as are served, with their labels. */
  static void assertServed(String query) {
    Matcher use = METRIC.matcher(query);
    int uses = 0;
    while (use.find()) {
      uses++;
      assertThat(METRICS).as(query).containsKey(use.group(1));
      Metric metric = METRICS.get(use.group(1));
      Matcher matcher = MATCHER.matcher(use.group(2) == null ? "" : use.group(2));
      while (matcher.find()) {
        String label = matcher.group(1);
        assertThat(metric.labels()).as(query).extracting(Metric.Label::label).contains(label);
        if (label.equals(Metric.Label.VERDICT.label())) {
          assertThat(Verdict.values()).extracting(Verdict::word).contains(matcher.group(2));
        }
      }
    }
    assertThat(uses).as(query).isPositive();
  }
}
