package io.pgproof.web.page.target;

import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A measured duration and what it is compared with.
 *
 * @param value empty text if nothing was measured
 * @param limit in words; {@code null} if there is none
 * @param missed whether the value exceeds the limit
 */
record Measure(String value, @Nullable String limit, boolean missed) {
  /**
   * @param limitName such as {@code allowed} or {@code objective}
   */
  static Measure of(Optional<Duration> value, Optional<Duration> limit, String limitName) {
    return new Measure(
        value.map(HumanFormat::measured).orElse(""),
        limit.map(most -> HumanFormat.duration(most) + " " + limitName).orElse(null),
        value.isPresent() && limit.isPresent() && value.get().compareTo(limit.get()) > 0);
  }
}
