package io.pgproof.workflow;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator may set about telling, below {@code pgproof.telling}.
 *
 * @param retryCycle pauses before a message is sent again, ISO 8601, separated by commas; one try more than pauses
 */
@ConfigurationProperties("pgproof.telling")
record TellingSettings(@DefaultValue("PT10S,PT1M,PT5M,PT30M,PT2H,PT6H") String retryCycle) {
  TellingSettings {
    RetryCycle.require("pgproof.telling.retry-cycle", retryCycle);
  }
}
