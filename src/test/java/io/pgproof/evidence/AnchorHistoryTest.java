package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.evidence.log.LogFixture;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class AnchorHistoryTest {
  @TempDir private Path place;

  @Test
  void onH2() {
    try (LogFixture log = LogFixture.onH2(place)) {
      eachWayHasItsOwnPast(log);
      anEntryThatCommitsLateIsSeen(log);
    }
  }

  @Test
  void onPostgres() throws Exception {
    try (EngineDatabase postgres = EngineDatabase.start();
        LogFixture log = LogFixture.onAsOwner(postgres, place)) {
      eachWayHasItsOwnPast(log);
      anEntryThatCommitsLateIsSeen(log);
    }
  }

  private static void eachWayHasItsOwnPast(LogFixture log) {
    AnchorHistory history = new AnchorHistory(log.evidence);
    anchored(log, LogAnchored.COMMAND, "keep", 1);
    failed(log, LogAnchored.TSA, "https://one", "refused");
    failed(log, LogAnchored.TSA, "https://two", "timed out");
    new ServerEvent.AnchorLate(LogAnchored.TSA, "https://two", null, "timed out")
        .record(log.evidence, EvidenceLog.PGPROOF);
    anchored(log, LogAnchored.MAIL, "tsa", 2);

    AnchorHistory.Past command = history.of(LogAnchored.COMMAND);
    assertThat(command.last().orElseThrow().event().size()).isEqualTo(1);
    assertThat(command.failures()).isEmpty();
    assertThat(command.late()).isFalse();
    AnchorHistory.Past tsa = history.of(LogAnchored.TSA);
    assertThat(tsa.last()).isEmpty();
    assertThat(tsa.failures()).hasSize(2);
    assertThat(tsa.lastFailure().orElseThrow().event().because()).isEqualTo("timed out");
    assertThat(tsa.late()).isTrue();
    assertThat(tsa.with("https://one").failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.event().because()).isEqualTo("refused"));
    assertThat(history.lastStamped()).isEmpty();

    anchored(log, LogAnchored.TSA, "https://two", 3);
    AnchorHistory.Past again = history.of(LogAnchored.TSA);
    assertThat(again.last().orElseThrow().event().size()).isEqualTo(3);
    assertThat(again.failures()).isEmpty();
    assertThat(again.late()).isFalse();
    assertThat(again.with("https://one").last()).isEmpty();
    assertThat(history.lastStamped().orElseThrow().size()).isEqualTo(3);
  }

  private static void anEntryThatCommitsLateIsSeen(LogFixture log) {
    AnchorHistory history = new AnchorHistory(log.evidence);
    new TransactionTemplate(new JdbcTransactionManager(log.database))
        .executeWithoutResult(
            transaction -> {
              anchored(log, LogAnchored.TSA, "https://two", 4);
              // Another connection, because the transaction belongs to this thread.
              CompletableFuture.runAsync(
                      () -> {
                        anchored(log, LogAnchored.MAIL, "ada", 5);
                        assertThat(history.of(LogAnchored.MAIL).last().orElseThrow().event().size())
                            .isEqualTo(5);
                        assertThat(history.of(LogAnchored.TSA).last().orElseThrow().event().size())
                            .isEqualTo(3);
                      })
                  .join();
            });
    assertThat(history.of(LogAnchored.TSA).last().orElseThrow().event().size()).isEqualTo(4);
    assertThat(history.lastStamped().orElseThrow().size()).isEqualTo(4);
  }

  private static void anchored(LogFixture log, String way, String where, int size) {
    new LogAnchored(way, where, "pgproof/4b0d\n" + size + "\ncm9vdA==\n\n")
        .record(log.evidence, EvidenceLog.PGPROOF);
  }

  private static void failed(LogFixture log, String way, String where, String because) {
    new ServerEvent.AnchorFailed(way, where, because, null)
        .record(log.evidence, EvidenceLog.PGPROOF);
  }
}
