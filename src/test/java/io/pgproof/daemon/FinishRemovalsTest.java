package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.evidence.log.LogFixture;
import io.pgproof.evidence.log.LogRemoval;
import io.pgproof.evidence.retention.EvidenceRetention;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishRemovalsTest {
  @TempDir private Path place;

  @Test
  void theServerStartsIfTheDatabaseFails() {
    try (LogFixture log = LogFixture.onH2(place)) {
      Clock clock = Clock.systemUTC();
      EvidenceRetention retention =
          new EvidenceRetention(
              log.database,
              log.evidence,
              new LogRemoval(log.database, log.evidence, log.directory, log.sequencer(), clock),
              clock);
      log.jdbc.execute("drop table pgproof_removal cascade");
      assertThatThrownBy(retention::finish).isInstanceOf(RuntimeException.class);
      assertThatCode(() -> new DaemonConfiguration().finishRemovals(retention).run(null))
          .doesNotThrowAnyException();
    }
  }
}
