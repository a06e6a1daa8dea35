package io.pgproof.web.login;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how often one address may try to log in. An IPv6 network of 64 bits counts as one address.
 * Safe for use by several threads; holds a bounded number of addresses, and forgets the one that
 * was not seen for the longest time.
 */
final class AttemptLimit {
  private static final int ADDRESSES = 10_000;
  private static final int NETWORK_BYTES = 8;

  private final int attempts;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > ADDRESSES;
        }
      };

  /**
   * @param attempts how many wrong passwords an address may send at once, and then in each minute
   */
  AttemptLimit(int attempts) {
    this.attempts = attempts;
  }

  /** Counts an attempt and returns zero, or returns how long the address must wait. */
  Duration count(String address) {
    ConsumptionProbe probe = bucket(address).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
  }

  /** Takes an attempt back, because it succeeded. */
  void takeBack(String address) {
    bucket(address).addTokens(1);
  }

  private Bucket bucket(String address) {
    synchronized (buckets) {
      return buckets.computeIfAbsent(
          network(address),
          network ->
              Bucket.builder()
                  .addLimit(
                      limit ->
                          limit.capacity(attempts).refillGreedy(attempts, Duration.ofMinutes(1)))
                  .build());
    }
  }

  /** Looks up no name: only a literal contains a colon. */
  private static String network(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress();
      return Arrays.toString(Arrays.copyOf(bytes, Math.min(bytes.length, NETWORK_BYTES)));
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
