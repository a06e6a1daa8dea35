package io.pgproof.target;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * A recurring point in time.
 *
 * @param cron five fields as in crontab: minute, hour, day of the month, month, day of the week
 * @param zone time zone of the schedule. A time that a clock change skips is due right after the
 *     change. In an hour that occurs twice, a schedule that is due at most once an hour is due
 *     once, and a schedule that recurs within the hour is due in both
 */
public record Schedule(String cron, ZoneId zone) {
  static final String CRON_ALLOWED =
      "five fields of cron: minute, hour, day of the month, month, day of the week, such as '30 3 * * *'";

  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /**
   * @throws IllegalArgumentException if it is not a cron expression, or is never due
   */
  public Schedule {
    cron = cron.strip().replaceAll("\\s+", " ");
    if (nextTime(cron, Instant.EPOCH.atZone(ZoneOffset.UTC)).isEmpty()) {
      throw new IllegalArgumentException("'" + cron + "' is never due");
    }
  }

  /** Returns the first due time after the given time. */
  public Instant nextAfter(Instant time) {
    Instant next = nextTime(cron, time.atZone(zone)).orElseThrow().toInstant();
    ZoneOffsetTransition change = zone.getRules().nextTransition(time);
    while (change != null && change.getInstant().isBefore(next)) {
      if (change.isGap() && isDueWithin(change.getDateTimeBefore(), change.getDateTimeAfter())) {
        return change.getInstant();
      }
      change = zone.getRules().nextTransition(change.getInstant());
    }
    return next;
  }

  /**
   * Returns whether the schedule is due between two local times on a clock without changes. The
   * first time is included, the second is not.
   */
  private boolean isDueWithin(LocalDateTime from, LocalDateTime until) {
    return nextTime(cron, from.minusSeconds(1).atZone(ZoneOffset.UTC))
        .filter(due -> due.toLocalDateTime().isBefore(until))
        .isPresent();
  }

  private static Optional<ZonedDateTime> nextTime(String cron, ZonedDateTime after) {
    return ExecutionTime.forCron(PARSER.parse(cron)).nextExecution(after);
  }

  @Override
  public String toString() {
    return cron + " " + zone;
  }
}
