package io.pgproof.workflow.review;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.workflow.engine.RecurringProcess;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Keeps one review planned if the configuration asks for reviews, and none otherwise. */
public final class ReviewPlanner {
  private final EvidenceLog evidenceLog;
  private final ReviewHistory reviewHistory;
  private final RecurringProcess reviews;
  private final CurrentConfiguration configuration;
  private final Clock clock;

  /**
   * @param reviews the process {@code reviewResults}
   */
  ReviewPlanner(
      EvidenceLog evidenceLog,
      RecurringProcess reviews,
      CurrentConfiguration configuration,
      Clock clock) {
    this.evidenceLog = evidenceLog;
    this.reviewHistory = new ReviewHistory(evidenceLog);
    this.reviews = reviews;
    this.configuration = configuration;
    this.clock = clock;
  }

  /**
   * Plans a review, keeps the one that waits, or removes one that was planned for another time.
   * Reviews that are open stay open.
   */
  public synchronized void plan() {
    Optional<Schedule> schedule = configuration.get().reviews();
    if (schedule.isPresent() && !reviewHistory.begun()) {
      new ServerEvent.ReviewsBegun(
              LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC), schedule.get().toString())
          .record(evidenceLog, EvidenceLog.PGPROOF);
    }
    reviews.plan(schedule);
  }
}
