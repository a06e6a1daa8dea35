package io.pgproof.target;

import io.pgproof.proof.Depth;
import io.pgproof.proof.RecoveryTimeline;
import io.pgproof.target.VerificationRequest.Patience;
import io.pgproof.target.VerificationRequest.Resources;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a verification, valid on the command line and in a configuration file.
 *
 * @param <T> type of the value after reading
 */
public final class Setting<T> {
  public static final Setting<String> FRESHNESS_QUERY =
      new Setting<>(
          "freshness-query",
          "Query for the newest time in the data; without it, the WAL gives the time",
          ValueFormat.sql("a time"),
          null);
  public static final Setting<String> DATABASE =
      new Setting<>(
          "database",
          "Database for the query and the assertions",
          ValueFormat.NAME,
          VerificationRequest.Queries.DEFAULT_DATABASE);
  public static final Setting<ZoneId> TIME_ZONE =
      new Setting<>(
          "time-zone",
          "Time zone of times without a zone",
          ValueFormat.ZONE,
          VerificationRequest.Queries.DEFAULT_ZONE.getId());
  public static final Setting<Duration> MAX_AGE =
      new Setting<>(
          "max-age",
          "Maximum age of the newest data",
          ValueFormat.duration(Duration.ZERO, Duration.ofDays(36_500)),
          Durations.write(VerificationRequest.DEFAULT_MAX_AGE));
  public static final Setting<Duration> RTO_OBJECTIVE =
      new Setting<>(
          "rto-objective",
          "Objective for the time of restore, start and recovery together; the verdict does not depend on it",
          ValueFormat.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
          null);
  public static final Setting<List<String>> ASSERTIONS =
      Setting.list(
          "assertions", "Condition that the data must meet", ValueFormat.sql("which is true"));
  public static final Setting<Depth> DEPTH =
      new Setting<>(
          "depth",
          "How much is checked",
          ValueFormat.DEPTH,
          VerificationRequest.DEFAULT_DEPTH.name().toLowerCase(Locale.ROOT));
  public static final Setting<Path> WAL_ARCHIVE =
      new Setting<>(
          "wal-archive",
          "Archive of WAL segments that the backup does not contain",
          ValueFormat.DIRECTORY,
          null);
  public static final Setting<RecoveryTimeline> TIMELINE =
      new Setting<>(
          "timeline",
          "Timeline that recovery follows; without it, latest with a WAL archive, otherwise current",
          ValueFormat.TIMELINE,
          null);
  public static final Setting<Duration> INSPECTION_TIMEOUT =
      timeout(
          "inspection-timeout",
          "Time limit of the inspection, which reads what the backup says about itself",
          Timeouts.DEFAULT.inspection());
  public static final Setting<Duration> RESTORE_TIMEOUT =
      timeout("restore-timeout", "Time limit of the restore", Timeouts.DEFAULT.restore());
  public static final Setting<Duration> RECOVERY_TIMEOUT =
      timeout(
          "recovery-timeout",
          "Time limit of recovery",
          VerificationRequest.Limits.DEFAULT_RECOVERY_TIMEOUT);
  public static final Setting<Duration> CHECK_TIMEOUT =
      timeout("check-timeout", "Time limit of all checks together", Timeouts.DEFAULT.checks());
  public static final Setting<Duration> STATEMENT_TIMEOUT =
      timeout(
          "statement-timeout",
          "Time limit of the query and of each assertion",
          Timeouts.DEFAULT.statement());
  public static final Setting<String> SUPERUSER =
      new Setting<>(
          "superuser",
          "Role to connect as",
          ValueFormat.NAME,
          VerificationRequest.Queries.DEFAULT_SUPERUSER);
  public static final Setting<Long> MEMORY =
      new Setting<>(
          "memory",
          "Memory of the container",
          ValueFormat.size(Resources.LEAST_MEMORY_BYTES),
          Sizes.write(Resources.DEFAULT.memoryBytes()));
  public static final Setting<Double> CPUS =
      new Setting<>(
          "cpus",
          "Processors of the container",
          ValueFormat.CPUS,
          String.valueOf(Resources.DEFAULT.cpus()));
  public static final Setting<Long> DISK =
      new Setting<>(
          "disk",
          "Maximum disk space of the state directory that the run may use; without it, only the reserve limits the run",
          ValueFormat.size(Resources.LEAST_DISK_BYTES),
          null);
  public static final Setting<Duration> KEEP =
      new Setting<>(
          "keep",
          "How long pgproof keeps the restored copy of a refuted or inconclusive run",
          ValueFormat.duration(Duration.ZERO, Duration.ofDays(3_650)),
          Durations.write(VerificationRequest.DEFAULT_KEEP));
  public static final Setting<Duration> REMIND_AFTER =
      patience(
          "remind-after",
          "Time after which pgproof reminds people who have not decided, and again each time it has passed; half of a shorter --escalate-after",
          Patience.DEFAULT.remindAfter());
  public static final Setting<Duration> ESCALATE_AFTER =
      patience(
          "escalate-after",
          "Time after which the task is escalated automatically if nobody decides",
          Patience.DEFAULT.escalateAfter());

  private static final List<Setting<?>> ALL =
      List.of(
          FRESHNESS_QUERY,
          DATABASE,
          TIME_ZONE,
          MAX_AGE,
          RTO_OBJECTIVE,
          ASSERTIONS,
          DEPTH,
          WAL_ARCHIVE,
          TIMELINE,
          INSPECTION_TIMEOUT,
          RESTORE_TIMEOUT,
          RECOVERY_TIMEOUT,
          CHECK_TIMEOUT,
          STATEMENT_TIMEOUT,
          SUPERUSER,
          MEMORY,
          CPUS,
          DISK,
          KEEP,
          REMIND_AFTER,
          ESCALATE_AFTER);

  private final String name;
  private final String meaning;
  private final ValueFormat<?> valueFormat;
  private final @Nullable String standard;
  private final boolean list;
  private final Function<List<String>, T> reader;

  private Setting(
      String name, String meaning, ValueFormat<T> valueFormat, @Nullable String standard) {
    this(
        name,
        meaning,
        valueFormat,
        standard,
        false,
        texts -> valueFormat.reader().apply(texts.get(0)));
  }

  private Setting(
      String name,
      String meaning,
      ValueFormat<?> valueFormat,
      @Nullable String standard,
      boolean list,
      Function<List<String>, T> reader) {
    this.name = name;
    this.meaning = meaning;
    this.valueFormat = valueFormat;
    this.standard = standard;
    this.list = list;
    this.reader = reader;
  }

  private static <E> Setting<List<E>> list(
      String name, String meaning, ValueFormat<E> valueFormat) {
    return new Setting<>(
        name,
        meaning,
        valueFormat,
        null,
        true,
        texts -> texts.stream().map(valueFormat.reader()).toList());
  }

  private static Setting<Duration> patience(String name, String meaning, Duration standard) {
    return new Setting<>(
        name,
        meaning,
        ValueFormat.duration(Duration.ofMinutes(1), Duration.ofDays(365)),
        Durations.write(standard));
  }

  private static Setting<Duration> timeout(String name, String meaning, Duration standard) {
    return new Setting<>(
        name,
        meaning,
        ValueFormat.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
        Durations.write(standard));
  }

  public static List<Setting<?>> all() {
    return ALL;
  }

  /** Returns the name, in lower case with hyphens. */
  public String name() {
    return name;
  }

  /** Returns the description: one line without a full stop. */
  public String meaning() {
    return meaning;
  }

  /** Returns the placeholder for a value in a synopsis. */
  public String label() {
    return valueFormat.label();
  }

  /** Returns a description of the allowed values; for a list, of each of its values. */
  public String allowed() {
    return valueFormat.allowed();
  }

  /** Returns the default as a user would write it; empty if there is none. */
  public Optional<String> standard() {
    return Optional.ofNullable(standard);
  }

  /** Returns whether the setting takes any number of values instead of one. */
  public boolean isList() {
    return list;
  }

  /**
   * Parses the written values.
   *
   * @param texts exactly one, unless {@link #isList}
   * @throws IllegalArgumentException if they are not {@link #allowed}
   */
  T read(List<String> texts) {
    if (!list && texts.size() != 1) {
      throw new IllegalArgumentException(name + " has a single value");
    }
    return reader.apply(texts);
  }

  @Override
  public String toString() {
    return name;
  }
}
