package io.pgproof.evidence;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.ServerEntry;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads from the evidence log which reviews were asked for, and what people decided in them. */
public final class ReviewHistory {
  private final EvidenceLog evidenceLog;

  public ReviewHistory(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /**
   * One review.
   *
   * @param escalated whether nobody decided in time
   * @param decided empty as long as nobody has decided
   */
  public record Review(
      ServerEvent.ReviewOpened opened,
      Instant openedAt,
      boolean escalated,
      Optional<Decided> decided) {
    public DayPeriod period() {
      return opened.period();
    }
  }

  /**
   * Who decided in a review, and when.
   *
   * @param entry id of the entry that says so
   */
  public record Decided(long entry, Instant at, String by, ServerEvent.ReviewDecided decision) {}

  /** Returns all reviews, the oldest first. */
  public List<Review> all() {
    Map<DayPeriod, Decided> decided =
        read(
                ServerEventKind.REVIEW_DECIDED,
                entry ->
                    new Decided(
                        entry.id(),
                        entry.at(),
                        entry.actor(),
                        (ServerEvent.ReviewDecided) ServerEventKind.read(entry)))
            .stream()
            .collect(
                Collectors.toMap(
                    each -> each.decision().period(),
                    Function.identity(),
                    (first, other) -> other));
    List<DayPeriod> escalated =
        read(
            ServerEventKind.REVIEW_ESCALATED,
            entry -> ((ServerEvent.ReviewEscalated) ServerEventKind.read(entry)).period());
    return read(
        ServerEventKind.REVIEW_OPENED,
        entry -> {
          ServerEvent.ReviewOpened opened = (ServerEvent.ReviewOpened) ServerEventKind.read(entry);
          return new Review(
              opened,
              entry.at(),
              escalated.contains(opened.period()),
              Optional.ofNullable(decided.get(opened.period())));
        });
  }

  private <T> List<T> read(ServerEventKind kind, Function<ServerEntry, T> reader) {
    return evidenceLog.ofServer(kind.code()).stream().map(reader).toList();
  }

  /** Returns the review of this period. */
  public Optional<Review> find(DayPeriod period) {
    return all().stream().filter(review -> review.period().equals(period)).findFirst();
  }

  /** Returns what was decided in the review of a period that includes this time. */
  public Optional<Decided> decidedAbout(Instant time) {
    LocalDate day = LocalDate.ofInstant(time, ZoneOffset.UTC);
    return all().stream()
        .filter(review -> !day.isBefore(review.period().from()))
        .filter(review -> !day.isAfter(review.period().to()))
        .flatMap(review -> review.decided().stream())
        .findFirst();
  }

  /** Returns whether reviews were ever asked for. */
  public boolean begun() {
    return evidenceLog.lastServer(ServerEventKind.REVIEWS_BEGUN.code()).isPresent();
  }

  /**
   * Returns the whole days until this time that no review is about yet; empty if no day has ended
   * since the last review, or if reviews were never asked for.
   */
  public Optional<DayPeriod> next(Instant now) {
    LocalDate last = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
    return first().filter(from -> !last.isBefore(from)).map(from -> new DayPeriod(from, last));
  }

  private Optional<LocalDate> first() {
    return evidenceLog
        .lastServer(ServerEventKind.REVIEW_OPENED.code())
        .map(entry -> (ServerEvent.ReviewOpened) ServerEventKind.read(entry))
        .map(opened -> opened.period().to().plusDays(1))
        .or(
            () ->
                evidenceLog
                    .lastServer(ServerEventKind.REVIEWS_BEGUN.code())
                    .map(entry -> (ServerEvent.ReviewsBegun) ServerEventKind.read(entry))
                    .map(ServerEvent.ReviewsBegun::firstDay));
  }
}
