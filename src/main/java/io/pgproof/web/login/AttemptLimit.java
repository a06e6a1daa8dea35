package io.pgproof.web.login;

import io.pgproof.limit.RateLimit;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Limits how often one address may try to log in. An IPv6 network of 64 bits counts as one address.
 */
final class AttemptLimit {
  private static final int ADDRESSES = 10_000;
  private static final int NETWORK_BYTES = 8;

  private final RateLimit limit;

  /**
   * @param attempts how many wrong passwords an address may send at once, and then in each minute
   */
  AttemptLimit(int attempts) {
    limit = new RateLimit(attempts, Duration.ofMinutes(1), ADDRESSES);
  }

  /** Counts an attempt and returns zero, or returns how long the address must wait. */
  Duration count(String address) {
    return limit.count(network(address));
  }

  /** Takes an attempt back, because it succeeded. */
  void takeBack(String address) {
    limit.takeBack(network(address));
  }

  /** Looks up no name: only a literal contains a colon. */
  static String network(String address) {
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
