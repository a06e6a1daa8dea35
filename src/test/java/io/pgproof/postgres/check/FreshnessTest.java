package io.pgproof.postgres.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.postgres.recovery.RestoreTime;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class FreshnessTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
  private static final Duration DAY = Duration.ofHours(24);
  private static final RestoreTime RESTORE = new RestoreTime(NOW, NOW);

  @Test
  void freshDataPassAndShowTheirAge() {
    Freshness freshness = Freshness.judge(NOW.minusSeconds(3720), "query", RESTORE, DAY);
    assertThat(freshness.finding()).isEmpty();
    assertThat(freshness.detail())
        .isEqualTo("newest data are from 2026-11-22T18:58:00Z, 1 h 2 min old");
    assertThat(freshness.facts().ageSeconds()).isEqualTo(3720);
    assertThat(freshness.facts().maxAgeSeconds()).isEqualTo(86_400);
  }

  @Test
  void dataOfExactlyTheMaximumAgeAreFresh() {
    assertThat(Freshness.judge(NOW.minus(DAY), "query", RESTORE, DAY).finding()).isEmpty();
    assertThat(Freshness.judge(NOW.minus(DAY).minusSeconds(1), "query", RESTORE, DAY).finding())
        .isPresent();
  }

  @Test
  void oldDataAreStaleAndTheMessageSaysHowOld() {
    Freshness freshness =
        Freshness.judge(NOW.minus(Duration.ofMinutes(26 * 60 + 3)), "query", RESTORE, DAY);
    assertThat(freshness.finding()).get().returns(Verdict.STALE, Finding::verdict);
    assertThat(freshness.finding().orElseThrow().message())
        .isEqualTo(
            "newest data are from 2026-11-21T17:57:00Z, 26 h 3 min old; at most 24 h is allowed");
  }

  @Test
  void dataMoreThanAMinuteAheadBlameTheClock() {
    assertThat(Freshness.judge(NOW.plusSeconds(60), "wal", RESTORE, DAY).finding()).isEmpty();
    assertThat(Freshness.judge(NOW.plusSeconds(61), "wal", RESTORE, DAY).finding())
        .hasValueSatisfying(finding -> assertThat(finding.reason()).isEqualTo(Reason.CLOCK));
  }

  /**
   * A run that waited for its turn, or whose WAL archive went on: what came before the restore's
   * end is no clock's fault.
   */
  @Test
  void dataWrittenDuringTheRestoreAreFresh() {
    RestoreTime slow = new RestoreTime(NOW, NOW.plus(Duration.ofHours(6)));
    assertThat(Freshness.judge(NOW.plus(Duration.ofHours(5)), "wal", slow, DAY))
        .satisfies(
            freshness -> {
              assertThat(freshness.finding()).isEmpty();
              assertThat(freshness.facts().ageSeconds()).isZero();
            });
    assertThat(
            Freshness.judge(NOW.plus(Duration.ofHours(6)).plusSeconds(61), "wal", slow, DAY)
                .finding())
        .hasValueSatisfying(finding -> assertThat(finding.reason()).isEqualTo(Reason.CLOCK));
    // The time that the restore takes does not make data old.
    assertThat(Freshness.judge(NOW.minus(DAY), "query", slow, DAY).finding()).isEmpty();
    assertThat(Freshness.judge(NOW.minus(DAY).minusSeconds(1), "query", slow, DAY).finding())
        .isPresent();
  }

  @Test
  void localTimeReadAsUtcIsToldApartFromAWrongClock() {
    for (int seconds : new int[] {7200, 7200 - 240, 7200 + 50, 14 * 3600, 19_800, 15 * 60}) {
      assertThat(clockHint("query", seconds)).as("%d s", seconds).contains("--time-zone");
    }
    for (int seconds : new int[] {61, 7 * 60, 7200 - 360, 7200 + 70, 15 * 3600}) {
      assertThat(clockHint("query", seconds)).as("%d s", seconds).isEqualTo(Reason.CLOCK.hint());
    }
    // PostgreSQL writes the zone of these itself.
    assertThat(clockHint("wal", 7200)).isEqualTo(Reason.CLOCK.hint());
  }

  private static String clockHint(String source, int seconds) {
    Finding finding =
        Freshness.judge(NOW.plusSeconds(seconds), source, RESTORE, DAY).finding().orElseThrow();
    assertThat(finding.reason()).isEqualTo(Reason.CLOCK);
    return finding.hint();
  }

  @Test
  void durationsAreReadable() {
    assertThat(ServerText.of(Duration.ofSeconds(0))).isEqualTo("0 s");
    assertThat(ServerText.of(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
    assertThat(ServerText.of(Duration.ofHours(24))).isEqualTo("24 h");
    assertThat(ServerText.of(Duration.ofHours(24 * 7 + 5))).isEqualTo("7 d 5 h");
  }

  @Test
  void errorsShowNoValuesOfRows() {
    SQLException failure =
        new PSQLException(
            new ServerErrorMessage(
                "SERROR\0VERROR\0C22P02\0Minvalid input syntax for type integer: \"secret \"of\" a row\"\0Drow (secret)\0P8\0"));
    assertThat(ServerText.of(failure))
        .isEqualTo(
            "ERROR:  invalid input syntax for type integer: \"(value not shown)\" at character 8");
  }
}
