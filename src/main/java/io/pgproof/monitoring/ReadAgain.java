package io.pgproof.monitoring;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is costly to read. It is read again only after its version has changed, and not more
 * often than after a pause. Not thread-safe.
 */
final class ReadAgain<T> {
  private final Supplier<T> reader;
  private final LongSupplier version;
  private final Duration pause;
  private final LongSupplier nanos;
  private @Nullable Known<T> known;

  private record Known<T>(T value, long version, long read) {}

  /**
   * @param version grows with each change
   * @param nanos as {@link System#nanoTime}
   */
  ReadAgain(Supplier<T> reader, LongSupplier version, Duration pause, LongSupplier nanos) {
    this.reader = reader;
    this.version = version;
    this.pause = pause;
    this.nanos = nanos;
  }

  T get() {
    long now = nanos.getAsLong();
    long current = version.getAsLong();
    if (known == null || (known.version() != current && now - known.read() >= pause.toNanos())) {
      known = new Known<>(reader.get(), current, now);
    }
    return known.value();
  }
}
