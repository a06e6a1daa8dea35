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
 * When something is due, again and again.
 *
 * @param cron five fields as in crontab: minute, hour, day of the month, month, day of the week
 * @param zone whose clock is meant; a time that a change of its clocks leaves out is due right
 *     after it; of an hour that comes twice, what is due once an hour or less is due once, and what
 *     recurs within the hour is due in both
 */
public record Schedule(String cron, ZoneId zone) {
  static final String CRON_ALLOWED =
      "five fields of cron: minute, hour, day of the month, month, day of the week, such as '30 3 * * *'";

  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /**
   * @throws IllegalArgumentException when that is no cron expression, or never due
   */
  public Schedule {
    cron = cron.strip().replaceAll("\\s+", " ");
    if (next(cron, Instant.EPOCH.atZone(ZoneOffset.UTC)).isEmpty()) {
      throw new IllegalArgumentException("'" + cron + "' is never due");
    }
  }

  /** The first time that it is due after this one. */
  public Instant nextAfter(Instant time) {
    Instant next = next(cron, time.atZone(zone)).orElseThrow().toInstant();
    ZoneOffsetTransition change = zone.getRules().nextTransition(time);
    while (change != null && change.getInstant().isBefore(next)) {
      if (change.isGap() && isDueWithin(change.getDateTimeBefore(), change.getDateTimeAfter())) {
        return change.getInstant();
      }
      change = zone.getRules().nextTransition(change.getInstant());
    }
    return next;
  }

  /** Whether it is due on a clock that shows all times, from the one until before the other. */
  private boolean isDueWithin(LocalDateTime from, LocalDateTime until) {
    return next(cron, from.minusSeconds(1).atZone(ZoneOffset.UTC))
        .filter(due -> due.toLocalDateTime().isBefore(until))
        .isPresent();
  }

  private static Optional<ZonedDateTime> next(String cron, ZonedDateTime after) {
    return ExecutionTime.forCron(PARSER.parse(cron)).nextExecution(after);
  }

  @Override
  public String toString() {
    return cron + " " + zone;
  }
}
