package io.pgproof.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Progress;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.ProgressBoard.Standing;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressBoardTest {
  private static final RunId RUN = new RunId("20261122-193012-k3f9");

  private final ProgressBoard board = new ProgressBoard();

  @ParameterizedTest
  @CsvSource({"25, 100, 10, 30", "50, 100, 10, 10", "99, 100, 99, 1"})
  void theTimeLeftFollowsFromTheTimeSoFar(long done, long total, long elapsed, long left) {
    assertThat(new Standing("restore", done, total, null).timeLeft(Duration.ofSeconds(elapsed)))
        .contains(Duration.ofSeconds(left));
  }

  @ParameterizedTest
  @CsvSource({"0, 100, 10", "100, 100, 10", "120, 100, 10", "5, 0, 10", "50, 100, 1"})
  void whatIsNotKnownIsNotEstimated(long done, long total, long elapsed) {
    assertThat(new Standing("restore", done, total, null).timeLeft(Duration.ofSeconds(elapsed)))
        .isEmpty();
  }

  @Test
  void aPhaseThatEndedNoLongerReports() {
    Progress restore = board.phase(RUN, "restore");
    restore.at(10, 100, "base.tar");
    board.phase(RUN, "start");
    restore.at(20, 100, null);

    assertThat(board.of(RUN)).contains(new Standing("start", 0, 0, null));
    assertThat(board.runs()).containsExactly(RUN);
    board.forget(RUN);
    restore.at(30, 100, null);
    assertThat(board.of(RUN)).isEmpty();
    assertThat(board.timeLeft(RUN)).isEmpty();
    assertThat(board.runs()).isEmpty();
  }

  @Test
  void aStepThatLooksAgainLosesNothing() {
    board.phase(RUN, "check").at(0, 0, "indexes: database shop");
    board.phase(RUN, "check");
    assertThat(board.of(RUN)).contains(new Standing("check", 0, 0, "indexes: database shop"));
  }

  @Test
  void aNoteStaysUntilTheNext() {
    Progress restore = board.phase(RUN, "restore");
    restore.at(10, 100, "base.tar");
    restore.at(20, 100, null);
    assertThat(board.of(RUN)).contains(new Standing("restore", 20, 100, "base.tar"));
  }
}
