package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.runs.RecordedRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Anchors of the evidence log, as a report counts them. */
class AnchorTallyTest extends ReportOverEvidence {
  @ParameterizedTest
  @MethodSource("databases")
  void anchorsAreSummedUpByWayAndPlace(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    anchor(runs, BEGIN.minusSeconds(1), "mail", "ada", 1);
    anchor(runs, BEGIN.plus(Duration.ofDays(2)), "mail", "ada", 20);
    anchor(runs, TENTH, "mail", "ada", 300);
    anchor(runs, TENTH, "tsa", "https://tsa.example.org", 301);
    anchor(runs, END, "mail", "ada", 4000);
    assertThat(november(database, runs, List.of()).anchors())
        .containsExactly(
            new ComplianceReport.AnchorFigures(
                "mail",
                "ada",
                2,
                BEGIN.plus(Duration.ofDays(2)),
                TENTH,
                Duration.between(TENTH, END).toSeconds(),
                300),
            new ComplianceReport.AnchorFigures(
                "tsa",
                "https://tsa.example.org",
                1,
                TENTH,
                TENTH,
                Duration.between(TENTH, END).toSeconds(),
                301));
  }

  private static void anchor(
      RecordedRuns runs, Instant at, String way, String where, int positions) {
    runs.at(at);
    new ServerEvent.LogAnchored(
            way, where, "pgproof.example.org/log/1\n" + positions + "\nAAAA\n\n— x y\n")
        .record(runs.log(), "pgproof");
  }
}
