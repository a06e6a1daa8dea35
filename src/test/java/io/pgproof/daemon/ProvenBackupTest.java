package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import io.pgproof.proof.Report.PhaseFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound backups, proven in real containers by the whole program. */
@Tag("container")
class ProvenBackupTest {
  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {10, 11, 12, 13, 14, 15, 16, 17, 18})
  void aBackupTakenUnderLoadIsProven(int major) throws Exception {
    Path backup = TestEnvironment.backup(major);

    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                backup,
                "select max(placed_at) from orders",
                "select count(*) >= 20000 from orders",
                "select count(*) > 0 from customers"));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.reason().code()).isEqualTo("fresh");
    assertThat(report.schema()).isEqualTo(1);
    assertThat(report.backup().postgresVersion()).isEqualTo(String.valueOf(major));
    assertThat(report.backup().format()).isEqualTo("tar");
    assertThat(report.backup().archives())
        .extracting(Report.ArchiveFacts::file)
        .containsExactly("base.tar.gz", "pg_wal.tar.gz");
    for (Report.ArchiveFacts archive : report.backup().archives()) {
      assertThat(archive.bytes()).isEqualTo(Files.size(backup.resolve(archive.file())));
      assertThat(archive.sha256()).isEqualTo(sha256(backup.resolve(archive.file())));
    }
    if (major >= 13) {
      assertThat(report.backup().manifest().sha256())
          .isEqualTo(sha256(backup.resolve("backup_manifest")));
    } else {
      assertThat(report.backup().manifest()).isNull();
      assertThat(report.coverage().notChecked()).anyMatch(what -> what.contains("backup_manifest"));
    }
    assertThat(report.image().postgresVersion()).startsWith(String.valueOf(major));
    assertThat(report.recovery().consistent()).isTrue();
    assertThat(report.recovery().timeline()).isEqualTo(1);
    assertThat(report.recovery().lastCommit())
        .isCloseTo(report.freshness().newest(), within(5, ChronoUnit.SECONDS));
    assertThat(report.freshness().source()).isEqualTo("query");
    assertThat(report.coverage().checks())
        .extracting(Check::name)
        .contains("archive", "manifest", "recovery", "freshness", "assertion:1", "assertion:2");
    assertThat(report.coverage().checks())
        .allSatisfy(
            check ->
                assertThat(check.outcome().word())
                    .isEqualTo(
                        check.name().equals("manifest") && major < 13 ? "skipped" : "passed"));
    assertThat(report.phases())
        .extracting(PhaseFacts::name)
        .containsExactly("inspect", "image", "restore", "start", "recover", "check", "teardown");
    assertThat(report.phases().stream().mapToLong(PhaseFacts::millis).sum())
        .isCloseTo(report.totalMillis(), within(10L));
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {10, 15})
  void theWalGivesTheAgeIfThereIsNoQuery(int major) {
    Report report =
        TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(major), null));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.freshness().source()).isEqualTo("wal");
    assertThat(report.freshness().newest()).isEqualTo(report.recovery().lastCommit());
  }

  @Test
  void theRunReportsItsProgress() {
    AtomicReference<String> seen = new AtomicReference<>("");
    TestEnvironment.ask(
        new Request.Verify(TestEnvironment.request(TestEnvironment.backup(15))),
        reply -> {
          if (reply instanceof Reply.Standing standing) {
            seen.updateAndGet(before -> before + " " + standing.standing().phase());
          }
        });
    assertThat(seen.get()).contains("restore");
  }

  @Test
  void aProvenRunIsShownAsItWasReported() {
    Report report = TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15)));

    Reply reply = TestEnvironment.ask(new Request.ShowRun(report.run()));

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Run.class,
            run -> {
              assertThat(run.report()).isEqualTo(report);
              assertThat(run.happenings())
                  .first()
                  .satisfies(first -> assertThat(first.actor()).isEqualTo("tester"));
              assertThat(run.happenings())
                  .extracting(happening -> happening.at())
                  .isSortedAccordingTo(Instant::compareTo);
            });
    assertThat(TestEnvironment.ask(new Request.ListRuns(1)))
        .isInstanceOfSatisfying(
            Reply.Runs.class,
            runs ->
                assertThat(runs.lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line.run()).isEqualTo(report.run())));
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
