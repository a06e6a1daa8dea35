package io.pgproof.target;

import io.pgproof.proof.Depth;
import io.pgproof.proof.RecoveryTimeline;
import io.pgproof.target.Mail.Security;
import io.pgproof.target.VerificationRequest.Resources;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The written form of one kind of value.
 *
 * @param label placeholder for the value in a synopsis
 * @param allowed description of the allowed values
 * @param reader throws IllegalArgumentException, or a subclass, for any other value
 */
record ValueFormat<T>(String label, String allowed, Function<String, T> reader) {
  static final ValueFormat<String> NAME =
      new ValueFormat<>(
          "NAME",
          "a name, not empty and without control characters",
          text ->
              require(
                  text,
                  name -> !name.isBlank() && name.chars().noneMatch(Character::isISOControl)));
  static final ValueFormat<ZoneId> ZONE =
      new ValueFormat<>(
          "ZONE", "a time zone such as UTC, Europe/Berlin or +02:00", ValueFormat::zone);
  static final ValueFormat<Path> DIRECTORY =
      new ValueFormat<>(
          "DIR", "an absolute path", text -> require(Path.of(text), Path::isAbsolute).normalize());
  static final ValueFormat<Depth> DEPTH =
      new ValueFormat<>(
          "DEPTH",
          "quick, standard or deep",
          text -> Depth.valueOf(text.strip().toUpperCase(Locale.ROOT)));
  static final ValueFormat<RecoveryTimeline> TIMELINE =
      new ValueFormat<>(
          "TIMELINE",
          "latest (the newest one that continues from the backup), current (the backup's own), or a number from 1",
          text -> new RecoveryTimeline(text.strip().toLowerCase(Locale.ROOT)));
  static final ValueFormat<Double> CPUS =
      new ValueFormat<>(
          "N",
          "a number from "
              + Resources.LEAST_CPUS
              + " to "
              + (int) Resources.MOST_CPUS
              + ", such as 0.5",
          ValueFormat::cpus);

  static final ValueFormat<Integer> CONTAINERS =
      new ValueFormat<>("N", "a whole number from 1 to 64", text -> parseInteger(text, 1, 64));
  static final ValueFormat<Duration> EVIDENCE_RETENTION =
      duration(Configuration.LEAST_EVIDENCE_RETENTION, Duration.ofDays(36_500));
  static final ValueFormat<Boolean> YES_OR_NO =
      new ValueFormat<>(
          "BOOLEAN",
          "true or false",
          text ->
              Boolean.valueOf(
                  require(text.strip(), word -> word.equals("true") || word.equals("false"))));
  static final ValueFormat<Schedule> SCHEDULE =
      new ValueFormat<>(
          "CRON",
          Schedule.CRON_ALLOWED,
          text -> new Schedule(text, VerificationRequest.Queries.DEFAULT_ZONE));
  static final ValueFormat<LocalTime> TIME_OF_DAY =
      new ValueFormat<>("TIME", "a time of day such as \"07:00\"", ValueFormat::timeOfDay);
  static final ValueFormat<String> HOST =
      new ValueFormat<>(
          "HOST",
          "the name or the address of a host",
          text ->
              require(text.strip(), Pattern.compile("[A-Za-z0-9._:-]{1,253}").asMatchPredicate()));
  static final ValueFormat<Integer> PORT =
      new ValueFormat<>(
          "PORT", "a whole number from 1 to 65535", text -> parseInteger(text, 1, 65_535));
  static final ValueFormat<Security> SECURITY =
      new ValueFormat<>(
          "SECURITY",
          "starttls, tls or none",
          text -> Security.valueOf(text.strip().toUpperCase(Locale.ROOT)));
  static final ValueFormat<String> ADDRESS =
      new ValueFormat<>(
          "ADDRESS",
          "an address such as dba@example.org",
          text ->
              require(
                  text.strip(),
                  Pattern.compile("[^\\s\\p{Cntrl}@<>,;:\"()\\[\\]]{1,64}@[A-Za-z0-9.-]{1,253}")
                      .asMatchPredicate()));
  static final ValueFormat<URI> WEB_HOOK =
      new ValueFormat<>(
          "URL",
          "an address such as https://example.org/hook, without a user",
          ValueFormat::webHook);
  static final ValueFormat<String> VARIABLE =
      new ValueFormat<>(
          "NAME",
          "the name of an environment variable",
          text ->
              require(
                  text.strip(),
                  Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}").asMatchPredicate()));

  private static final Pattern DECIMAL =
      Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,6})?|\\.[0-9]{1,6}");

  /**
   * Creates the format for SQL that returns one row with one column, which {@code column}
   * describes.
   */
  static ValueFormat<String> sql(String column) {
    return new ValueFormat<>(
        "SQL",
        "SQL that returns one row with one column, " + column,
        text -> require(text.strip(), sql -> !sql.isEmpty() && sql.indexOf(0) < 0));
  }

  /** Creates the format for a size of at least this many bytes. */
  static ValueFormat<Long> size(long least) {
    return new ValueFormat<>(
        "SIZE",
        "a size such as 512M or 2G, at least " + Sizes.write(least),
        text -> require(Sizes.parse(text), bytes -> bytes >= least));
  }

  /** Creates the format for a duration between two limits, both included. */
  static ValueFormat<Duration> duration(Duration least, Duration most) {
    String from = least.isZero() ? "" : "at least " + Durations.write(least) + " and ";
    return new ValueFormat<>(
        "DURATION",
        "a duration such as 90s, 30m, 24h, 7d or PT1H30M, "
            + from
            + "at most "
            + Durations.write(most),
        text ->
            require(
                Durations.parse(text),
                duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0));
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text.strip());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static int parseInteger(String text, int least, int most) {
    return require(Integer.valueOf(text.strip()), number -> number >= least && number <= most);
  }

  private static LocalTime timeOfDay(String text) {
    try {
      return LocalTime.parse(require(text.strip(), time -> time.length() == 5));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static URI webHook(String text) {
    return require(
        URI.create(text.strip()),
        uri ->
            uri.getHost() != null
                && uri.getUserInfo() == null
                && uri.getFragment() == null
                && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme())));
  }

  private static double cpus(String text) {
    String number = require(text.strip(), DECIMAL.asMatchPredicate());
    return require(
        Double.valueOf(number),
        cpus -> cpus >= Resources.LEAST_CPUS && cpus <= Resources.MOST_CPUS);
  }

  private static <T> T require(T value, Predicate<T> allowed) {
    if (!allowed.test(value)) {
      throw new IllegalArgumentException();
    }
    return value;
  }
}
