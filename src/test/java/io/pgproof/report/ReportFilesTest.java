package io.pgproof.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.ClockHold;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.limit.BusyException;
import io.pgproof.proof.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may make a report while another one is being made. */
class ReportFilesTest {
  private static final DayPeriod MARCH =
      new DayPeriod(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-31"));
  private static final Optional<ConfiguredTargets> CONFIGURED =
      Optional.of(
          new ConfiguredTargets(
              "pgproof.yaml", List.of(new ConfiguredTargets.Named("shop", null))));
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path place;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ClockHold hold = new ClockHold();
  private final Clock clock =
      hold.on(Clock.fixed(Instant.parse("2026-06-01T00:00:00Z"), ZoneOffset.UTC));
  private JdbcConnectionPool database;

  @BeforeEach
  void start() {
    database = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "", "");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    database.dispose();
  }

  private ReportFiles files(Duration patience) {
    return new ReportFiles(
        new ComplianceReports(
            new EvidenceLog(database, clock), new RunIndex(database), clock, Optional::empty),
        place,
        patience);
  }

  private static ReportFile make(ReportFiles files, String... chosen) throws Exception {
    return files.make(MARCH, List.of(chosen), CONFIGURED, ReportFormat.JSON);
  }

  private Future<ReportFile> makeHeld(ReportFiles files) {
    Future<ReportFile> held = threads.submit(() -> make(files));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> hold.waiting() == 1);
    return held;
  }

  @Test
  void aReportIsWholeAndLeavesNoFile() throws Exception {
    try (ReportFile report = make(files(LONG))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      report.copyTo(out);
      assertThat(out.size()).isEqualTo((int) report.size()).isGreaterThan(1_000);
      assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{\"schema\":1").endsWith("}\n");
      assertThat(report.targets()).isEqualTo(1);
      assertThat(report.runs()).isZero();
      assertThat(place).isEmptyDirectory();
    }
  }

  @Test
  void aRequestThatWaitsTooLongIsToldWhenToAskAgain() throws Exception {
    ReportFiles files = files(Duration.ofMillis(50));
    hold.hold();
    Future<ReportFile> held;
    try {
      held = makeHeld(files);
      assertThatThrownBy(() -> make(files))
          .isInstanceOfSatisfying(
              BusyException.class,
              busy -> {
                assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                assertThat(busy.finding().hint()).isEqualTo("ask again in 1 s");
              });
    } finally {
      hold.release();
    }
    held.get().close();
    make(files).close();
  }

  @Test
  void onlyFewWaitAndTheOthersAreToldAtOnce() throws Exception {
    ReportFiles files = files(LONG);
    List<Future<ReportFile>> made = new ArrayList<>();
    hold.hold();
    try {
      made.add(makeHeld(files));
      for (int i = 0; i < 3; i++) {
        made.add(threads.submit(() -> make(files)));
      }
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> files.waiting() == 3);
      assertThatThrownBy(() -> make(files)).isInstanceOf(BusyException.class);
    } finally {
      hold.release();
    }
    for (Future<ReportFile> report : made) {
      report.get().close();
    }
  }

  @Test
  void aRefusedReportAndALostReaderKeepNobodyWaiting() throws Exception {
    ReportFiles files = files(Duration.ofMillis(50));
    assertThatThrownBy(() -> make(files, "shpo")).isInstanceOf(UsageException.class);
    try (ReportFile report = make(files)) {
      assertThatThrownBy(
              () ->
                  report.copyTo(
                      new OutputStream() {
                        @Override
                        public void write(int one) throws IOException {
                          throw new IOException("the reader has gone");
                        }
                      }))
          .isInstanceOf(IOException.class);
      make(files).close();
    }
    assertThat(place).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(ReportFormat.class)
  void aReportAboutNothingCanBeWritten(ReportFormat format) throws Exception {
    try (ReportFile report = files(LONG).make(MARCH, List.of(), Optional.empty(), format)) {
      assertThat(report.targets()).isZero();
      assertThat(report.size()).isGreaterThan(1_000);
    }
  }
}
