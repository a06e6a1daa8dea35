package io.pgproof.target;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;

/**
 * Once a day, how all targets stand.
 *
 * @param zone whose clock is meant
 * @param tell names of the recipients
 */
public record DailySummary(LocalTime at, ZoneId zone, List<String> tell) {
  public DailySummary {
    tell = List.copyOf(tell);
  }

  /** The days on which it is due are all days. */
  public Schedule schedule() {
    return new Schedule(at.getMinute() + " " + at.getHour() + " * * *", zone);
  }
}
