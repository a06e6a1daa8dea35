package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.runs.OnBothDatabases;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Tests of reports over evidence that was recorded at chosen times, in both databases. */
abstract class ReportOverEvidence extends OnBothDatabases {
  static final DayPeriod NOVEMBER =
      new DayPeriod(LocalDate.parse("2026-11-01"), LocalDate.parse("2026-11-30"));
  static final Instant BEGIN = NOVEMBER.begin();
  static final Instant END = Instant.parse("2026-12-01T00:00:00Z");
  static final Instant TENTH = Instant.parse("2026-11-10T03:00:00Z");
  static final String REVIEW = Evidence.REVIEW_STALE_BACKUP;
  static final String APPROVE = "approveEscalation";

  static ComplianceReport november(
      DataSource database, RecordedRuns runs, List<String> chosen, String... configured) {
    // In January, when all that the tests record has happened.
    runs.at(Instant.parse("2027-01-10T00:00:00Z"));
    return new ComplianceReports(runs.log(), new RunIndex(database), runs.clock(), Optional::empty)
        .make(
            NOVEMBER,
            chosen,
            configured.length == 0
                ? Optional.empty()
                : Optional.of(
                    new ConfiguredTargets(
                        "/etc/pgproof/pgproof.yaml",
                        Stream.of(configured)
                            .map(name -> new ConfiguredTargets.Named(name, "0 3 * * * UTC"))
                            .toList())),
            // The form that a program reads, with all runs in it.
            report -> EvidenceJson.read(EvidenceJson.write(report), ComplianceReport.class));
  }

  static TargetFigures only(ComplianceReport report) {
    assertThat(report.targets()).hasSize(1);
    return report.targets().get(0);
  }

  static RunId ended(RecordedRuns runs, Instant asked, Instant ended, Verdict verdict) {
    RunId run = runs.at(asked).ask("shop", "ada");
    runs.at(ended).reach(run, "shop", verdict);
    return run;
  }

  static RunId due(RecordedRuns runs, Instant since, int times, Duration late, Instant noticed) {
    RunId run = runs.at(noticed).ask("shop", "schedule");
    runs.record(run, "pgproof", new Evidence.Due(since, times, late));
    return run;
  }

  static List<Failure> failures(DataSource database, RecordedRuns runs) {
    return november(database, runs, List.of()).failures();
  }
}
