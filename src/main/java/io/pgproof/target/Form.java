package io.pgproof.target;

import io.pgproof.proof.Depth;
import io.pgproof.target.VerificationRequest.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How one value of a kind is written.
 *
 * @param label stands for the value in a synopsis
 * @param allowed the values that are, in words
 * @param reader throws IllegalArgumentException, or what extends it, for any other
 */
record Form<T>(String label, String allowed, Function<String, T> reader) {
  static final Form<String> NAME = new Form<>("NAME", "a name, not empty and without control characters",
      text -> require(text, name -> !name.isBlank() && name.chars().noneMatch(Character::isISOControl)));
  static final Form<ZoneId> ZONE = new Form<>("ZONE", "a time zone such as UTC, Europe/Berlin or +02:00", Form::zone);
  static final Form<Path> DIRECTORY = new Form<>("DIR", "an absolute path",
      text -> require(Path.of(text), Path::isAbsolute).normalize());
  static final Form<Depth> DEPTH = new Form<>("DEPTH", "quick, standard or deep",
      text -> Depth.valueOf(text.strip().toUpperCase(Locale.ROOT)));
  static final Form<Long> MEMORY = new Form<>("SIZE",
      "a size such as 512M or 2G, at least " + Sizes.write(Resources.LEAST_MEMORY_BYTES),
      text -> require(Sizes.parse(text), bytes -> bytes >= Resources.LEAST_MEMORY_BYTES));
  static final Form<Double> CPUS = new Form<>("N",
      "a number from " + Resources.LEAST_CPUS + " to " + (int) Resources.MOST_CPUS + ", 0.5 for a half", Form::cpus);

  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,6})?|\\.[0-9]{1,6}");

  /** SQL with one row and one column, which is {@code column}. */
  static Form<String> sql(String column) {
    return new Form<>("SQL", "SQL that returns one row with one column, " + column,
        text -> require(text.strip(), sql -> !sql.isEmpty() && sql.indexOf(0) < 0));
  }

  /** Both ends included. */
  static Form<Duration> duration(Duration least, Duration most) {
    String from = least.isZero() ? "" : "at least " + Durations.write(least) + " and ";
    return new Form<>("DURATION", "a duration such as 90s, 30m, 24h, 7d or PT1H30M, " + from + "at most " + Durations.write(most),
        text -> require(Durations.parse(text), duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0));
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text.strip());
    } catch (java.time.DateTimeException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static double cpus(String text) {
    String number = require(text.strip(), DECIMAL.asMatchPredicate());
    return require(Double.valueOf(number), cpus -> cpus >= Resources.LEAST_CPUS && cpus <= Resources.MOST_CPUS);
  }

  private static <T> T require(T value, Predicate<T> allowed) {
    if (!allowed.test(value)) {
      throw new IllegalArgumentException();
    }
    return value;
  }
}
