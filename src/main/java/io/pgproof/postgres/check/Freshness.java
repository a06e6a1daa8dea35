package io.pgproof.postgres.check;

import io.pgproof.postgres.recovery.RestoreTime;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.FreshnessFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Judges the age of the newest data against the host's clock at the time of the restore. */
record Freshness(FreshnessFacts facts, Optional<Finding> finding, String detail) {
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);
  private static final Duration QUARTER = Duration.ofMinutes(15);
  private static final Duration FARTHEST_ZONE = Duration.ofHours(14);
  private static final Duration JUST_WRITTEN = Duration.ofMinutes(5);

  /**
   * Returns whether a time zone can explain how far the data are ahead of the clock. All zones
   * differ from UTC by multiples of a quarter of an hour, and the data may be some minutes old.
   */
  private static boolean isOfAZone(Duration ahead) {
    long over = ahead.toSeconds() % QUARTER.toSeconds();
    return ahead.compareTo(FARTHEST_ZONE.plus(CLOCK_TOLERANCE)) <= 0
        && ((ahead.compareTo(QUARTER) >= 0 && over <= CLOCK_TOLERANCE.toSeconds())
            || QUARTER.toSeconds() - over <= JUST_WRITTEN.toSeconds());
  }

  /**
   * @param source {@code query}, {@code wal} or {@code checkpoint}
   */
  static Freshness judge(Instant newest, String source, RestoreTime restore, Duration maxAge) {
    // An archive can receive WAL of commits that happen during the restore. These commits are not
    // in the future; their age is zero.
    Instant until =
        newest.isBefore(restore.began())
            ? restore.began()
            : newest.isAfter(restore.ended()) ? restore.ended() : newest;
    Duration age = Duration.between(newest, until);
    FreshnessFacts facts = new FreshnessFacts(newest, age.toSeconds(), maxAge.toSeconds(), source);
    String from =
        switch (source) {
          case "query" -> "";
          case "wal" -> ", by the last commit in the WAL";
          default -> ", by the last checkpoint: the WAL contains no commit";
        };
    Instant shown = newest.truncatedTo(ChronoUnit.SECONDS);
    if (age.plus(CLOCK_TOLERANCE).isNegative()) {
      String message =
          "the newest data are from "
              + shown
              + from
              + ", "
              + ServerText.of(age.negated())
              + " ahead of this machine's clock";
      String hint =
          source.equals("query") && isOfAZone(age.negated())
              ? "if the query returns local times, name their zone with --time-zone; otherwise "
                  + Reason.CLOCK.hint()
              : Reason.CLOCK.hint();
      return new Freshness(
          facts, Optional.of(new Finding(Reason.CLOCK, message, hint, null)), message);
    }
    String old = "newest data are from " + shown + from + ", " + ServerText.of(age) + " old";
    if (age.compareTo(maxAge) > 0) {
      String message = old + "; at most " + ServerText.of(maxAge) + " is allowed";
      return new Freshness(facts, Optional.of(Finding.of(Reason.TOO_OLD, message)), message);
    }
    return new Freshness(facts, Optional.empty(), old);
  }
}
