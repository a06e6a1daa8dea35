package io.pgproof.workflow.notify;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.notify.Message;
import io.pgproof.notify.Message.Fact;
import io.pgproof.proof.HumanFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Composes the messages about reviews. */
final class ReviewMessages {
  private ReviewMessages() {}

  static Message of(NotificationEvent.OfReview event, Instant now) {
    DayPeriod period = event.period();
    if (event instanceof NotificationEvent.ReviewOpened opened) {
      return message(
          "review-opened",
          "REVIEW of " + period,
          "The results of " + period + " wait for a review by a member of " + opened.group(),
          period,
          waits(opened.group(), opened.openedAt(), opened.escalatesAt()),
          now);
    } else if (event instanceof NotificationEvent.ReviewReminded reminded) {
      return message(
          "review-reminder",
          "REMINDER review of " + period,
          "The results of "
              + period
              + " still wait for a review by a member of "
              + reminded.group(),
          period,
          waits(reminded.group(), reminded.openedAt(), reminded.escalatesAt()),
          now);
    } else if (event instanceof NotificationEvent.ReviewEscalated escalated) {
      return message(
          "review-escalated",
          "ESCALATED review of " + period + ": nobody decided in time",
          "Nobody of "
              + escalated.group()
              + " reviewed the results of "
              + period
              + " in time; the review is still open",
          period,
          waits(escalated.group(), escalated.openedAt(), null),
          now);
    } else if (event instanceof NotificationEvent.ReviewActionAskedFor asked) {
      return message(
          "action-asked-for",
          "ACTION about " + period + ": asked for by " + asked.by(),
          asked.by() + " reviewed the results of " + period + " and asks for action",
          period,
          List.of(
              Fact.of("by", "asked for by", asked.by()),
              Fact.of("because", "because", asked.reason())),
          now);
    }
    throw new IllegalArgumentException("there is no message about " + event);
  }

  private static List<Fact> waits(String group, Instant openedAt, @Nullable Instant escalatesAt) {
    return List.of(
        Fact.of("group", "group", group),
        time("openedAt", "waits since", openedAt),
        time("escalatesAt", "escalates", escalatesAt));
  }

  private static Fact time(String name, String label, @Nullable Instant time) {
    return new Fact(
        name,
        time == null ? null : time.toString(),
        label,
        time == null ? null : HumanFormat.time(time));
  }

  private static Message message(
      String event, String subject, String lead, DayPeriod period, List<Fact> first, Instant now) {
    List<Fact> facts = new ArrayList<>(first);
    facts.add(Fact.of("from", "first day", period.from().toString()));
    facts.add(Fact.of("to", "last day", period.to().toString()));
    facts.add(Fact.of("report", "report", period.reportCommand()));
    return new Message(UUID.randomUUID().toString(), now, event, subject, lead, facts, List.of());
  }
}
