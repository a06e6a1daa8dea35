package io.pgproof.web.page.target;

import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.RunId;
import io.pgproof.web.page.CamundaLink;
import io.pgproof.web.page.Moment;
import io.pgproof.workflow.engine.OpenIncidents.Standstill;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that stands still until somebody fixes its cause.
 *
 * @param run the run, if a verification stands still; {@code null} otherwise
 * @param what process and activity
 * @param cockpit where it is retried
 */
record IncidentRow(
    @Nullable String run,
    String key,
    String what,
    String message,
    Moment at,
    String since,
    String cockpit) {
  static IncidentRow of(Standstill incident, Instant now) {
    return new IncidentRow(
        RunId.isOne(incident.key()) ? incident.key() : null,
        incident.key(),
        incident.process() + ", at " + incident.activity(),
        incident.message(),
        Moment.of(incident.at()),
        HumanFormat.duration(Duration.between(incident.at(), now)),
        CamundaLink.incidents(incident.instance()));
  }
}
