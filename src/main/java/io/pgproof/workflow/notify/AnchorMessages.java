package io.pgproof.workflow.notify;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.notify.Message;
import io.pgproof.notify.Message.Fact;
import io.pgproof.proof.HumanFormat;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Composes the messages about anchors of the evidence log. */
final class AnchorMessages {
  private AnchorMessages() {}

  static Message of(NotificationEvent.OfAnchor event, Instant now) {
    if (event instanceof NotificationEvent.AnchorLate told) {
      ServerEvent.AnchorLate late = told.late();
      return message(
          "anchor-late",
          "ANCHOR LATE: " + late.where(),
          "The evidence log could not be anchored with "
              + late.where()
              + " in time; what was recorded since the last anchor could be rewritten unnoticed",
          List.of(
              Fact.of("way", "way", late.way()),
              Fact.of("where", "where", late.where()),
              new Fact(
                  "since",
                  late.since() == null ? null : late.since().toString(),
                  "last anchored",
                  late.since() == null ? "never" : HumanFormat.time(late.since())),
              Fact.of("because", "because", late.because()),
              Fact.of(
                  "hint",
                  "what to do",
                  "mend the cause; pgproof tries again, at the latest every 6 h, and tells you when it succeeded")),
          now);
    }
    ServerEvent.LogAnchored anchored = ((NotificationEvent.AnchorRecovered) event).anchored();
    return message(
        "anchor-recovered",
        "ANCHOR RECOVERED: " + anchored.where(),
        "The evidence log is anchored with " + anchored.where() + " again",
        List.of(
            Fact.of("way", "way", anchored.way()),
            Fact.of("where", "where", anchored.where()),
            Fact.of("size", "positions", anchored.size())),
        now);
  }

  private static Message message(
      String event, String subject, String lead, List<Fact> facts, Instant now) {
    return new Message(UUID.randomUUID().toString(), now, event, subject, lead, facts, List.of());
  }
}
