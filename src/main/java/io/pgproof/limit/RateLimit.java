package io.pgproof.limit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how often each source, such as an address or a person, may do something. Safe for use by
 * several threads; remembers a bounded number of sources, and forgets the one that was not seen for
 * the longest time.
 */
public final class RateLimit {
  private final int times;
  private final Duration period;
  private final Map<String, Bucket> sources;

  /**
   * @param times how often a source may do it at once, and then again in each period
   * @param most maximum number of sources that are remembered
   */
  public RateLimit(int times, Duration period, int most) {
    this.times = times;
    this.period = period;
    this.sources =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > most;
          }
        };
  }

  /** Counts one time and returns zero, or returns how long the source must wait. */
  public Duration count(String source) {
    ConsumptionProbe probe = bucket(source).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
  }

  /** Counts one time, and returns whether the source may do it. */
  public boolean allows(String source) {
    return count(source).isZero();
  }

  /** Takes back one time that was counted. */
  public void takeBack(String source) {
    bucket(source).addTokens(1);
  }

  private Bucket bucket(String source) {
    synchronized (sources) {
      return sources.computeIfAbsent(
          source,
          unknown ->
              Bucket.builder()
                  .addLimit(limit -> limit.capacity(times).refillGreedy(times, period))
                  .build());
    }
  }
}
