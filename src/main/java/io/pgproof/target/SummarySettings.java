package io.pgproof.target;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;

/**
 * A daily report about the state of all targets.
 *
 * @param zone time zone of {@code at}
 * @param tell names of the recipients
 */
public record SummarySettings(LocalTime at, ZoneId zone, List<String> tell) {
  public SummarySettings {
    tell = List.copyOf(tell);
  }

  /** Returns the schedule of the summary, which is due every day. */
  public Schedule schedule() {
    return new Schedule(at.getMinute() + " " + at.getHour() + " * * *", zone);
  }
}
