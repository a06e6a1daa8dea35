package io.pgproof.workflow.notify;

import io.pgproof.workflow.engine.RetryCycle;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of notifications, below {@code pgproof.telling}.
 *
 * @param retryCycle pauses before a message is sent again, ISO 8601, separated by commas; there is
 *     one try more than pauses
 */
@ConfigurationProperties("pgproof.telling")
record NotificationSettings(@DefaultValue(NotificationSettings.A_WEEK) String retryCycle) {
  private static final String A_DAY = ",PT6H,PT6H,PT6H,PT6H";

  /** Long enough that a mail server that is down over a weekend, even a long one, loses nothing. */
  static final String A_WEEK =
      "PT10S,PT1M,PT5M,PT30M,PT2H" + A_DAY + A_DAY + A_DAY + A_DAY + A_DAY + A_DAY + A_DAY;

  NotificationSettings {
    retryCycle = RetryCycle.of("pgproof.telling.retry-cycle", retryCycle);
  }
}
