package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Report;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Resources;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state directory on a small file system of its own, which fills for real. */
@Tag("container")
class DiskFullTest {
  private static final long BOUND = 300L << 20;

  /** About 400 MB of them; they are there until the query ends. */
  private static final String HOLDING_TEMPORARY_FILES =
      "with kept as materialized "
          + "(select md5(g::text) from generate_series(1, 8000000) g) "
          + "select (select count(*) from kept) > 0 and pg_sleep(120) is not null";

  @TempDir Path place;

  @TempDir Path elsewhere;

  private StateDirectory state;
  private Daemon daemon;

  @BeforeEach
  void mount() throws Exception {
    TestEnvironment.image(15);
    run("mount", "-t", "tmpfs", "-o", "size=1200m,mode=0700", "pgproof-test", place.toString());
    state = new StateDirectory(place);
    Files.createDirectory(state.images());
    run("mount", "--bind", TestEnvironment.state().images().toString(), state.images().toString());
    System.setProperty("pgproof.reserve", "512MB");
    try {
      daemon = Daemon.start(Ownership.acquire(state).orElseThrow(), false);
    } finally {
      System.clearProperty("pgproof.reserve");
    }
  }

  @AfterEach
  void unmount() throws Exception {
    daemon.close();
    run("umount", state.images().toString());
    run("umount", place.toString());
  }

  @Test
  void aQueryThatFillsTheDiskIsEndedBeforeTheEngineRunsOutOfSpace() throws Exception {
    Path backup = TestEnvironment.backup(15);
    Report report =
        verify(
            backup,
            "select count(*) > 0 from (select md5(g::text) from generate_series(1, 60000000) g order by 1) sorted");

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason().code()).isEqualTo("disk-full");
    assertThat(report.conclusion().message()).contains("the restored server filled the disk");
    Remains.assertNone(state);
    assertThat(verify(backup, "select true").verdict().word())
        .as("the engine lives on")
        .isEqualTo("proven");
  }

  @Test
  void aRestoreLargerThanTheDiskIsInconclusiveAndLeavesNothing() throws Exception {
    fill(place.resolve("ballast"), 620);
    Report report = verify(TestEnvironment.backup(15), "select true");

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason().code()).isEqualTo("disk-full");
    Remains.assertNone(state);
  }

  @Test
  void aRunBeyondItsDiskLimitIsEnded() throws Exception {
    Report report =
        verify(
            bounded(
                BOUND,
                TestEnvironment.request(
                    TestEnvironment.backup(15), null, HOLDING_TEMPORARY_FILES)));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason().code()).isEqualTo("disk-full");
    assertThat(report.conclusion().message())
        .startsWith("the run used ")
        .endsWith("but the setting disk allows 314,572,800");
    assertThat(report.conclusion().hint()).contains("raise the target's setting disk", "--disk");
    Remains.assertNone(state);
    assertThat(
            verify(
                    bounded(
                        BOUND,
                        TestEnvironment.request(TestEnvironment.backup(15), null, "select true")))
                .verdict()
                .word())
        .as("within the bound")
        .isEqualTo("proven");
  }

  @Test
  void aRestoreBeyondItsDiskLimitIsInconclusiveAndLeavesNothing() throws Exception {
    Report report = verify(bounded(16L << 20, TestEnvironment.request(TestEnvironment.backup(15))));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason().code()).isEqualTo("disk-full");
    assertThat(report.conclusion().message())
        .endsWith("the setting disk allows the run 16,777,216");
    Remains.assertNone(state);
  }

  @Test
  void theRunThatUsesMoreSpaceIsEndedAndTheYoungerContinues() throws Exception {
    Path ballast = place.resolve("ballast");
    CountDownLatch checking = new CountDownLatch(1);
    try (ControlClient older = connect();
        ControlClient younger = connect()) {
      CompletableFuture<Report> larger =
          verify(
              older,
              TestEnvironment.request(TestEnvironment.backup(15), null, HOLDING_TEMPORARY_FILES),
              said -> {});
      await().until(() -> temporaryFiles() > 64 << 20);
      CompletableFuture<Report> smaller =
          verify(
              younger,
              TestEnvironment.request(
                  TestEnvironment.copy(TestEnvironment.backup(15), elsewhere),
                  null,
                  "select pg_sleep(3600) is null"),
              said -> {
                if (said instanceof Reply.Standing standing
                    && standing.standing().phase().equals("check")) {
                  checking.countDown();
                }
              });
      assertThat(checking.await(5, TimeUnit.MINUTES)).isTrue();
      fill(ballast, (int) (Files.getFileStore(place).getUsableSpace() >> 20) - 200);

      Report report = larger.get(5, TimeUnit.MINUTES);
      assertThat(report.verdict().word()).as(report.toString()).isEqualTo("inconclusive");
      assertThat(report.reason().code()).isEqualTo("disk-full");
      assertThat(report.conclusion().message())
          .contains("of 2 runs in containers this one used the most");
      Files.delete(ballast);
      assertThat(smaller).isNotDone();
      younger.withdraw();
      assertThat(smaller.get(5, TimeUnit.MINUTES).reason().code()).isEqualTo("interrupted");
    }
    Remains.assertNone(state);
  }

  private long temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.walk(state.runs())) {
      return files
          .filter(file -> file.toString().contains("/pgsql_tmp/"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  private static VerificationRequest bounded(long bytes, VerificationRequest sound) {
    return TestEnvironment.with(new Resources(1L << 30, 1, Optional.of(bytes)), sound);
  }

  private Report verify(Path backup, String assertion) throws Exception {
    return verify(TestEnvironment.request(backup, null, assertion));
  }

  private Report verify(VerificationRequest request) throws Exception {
    try (ControlClient client = connect()) {
      return verify(client, request, said -> {}).get();
    }
  }

  private static CompletableFuture<Report> verify(
      ControlClient client, VerificationRequest request, Consumer<Reply> onTheWay) {
    return CompletableFuture.supplyAsync(
        () -> {
          Reply reply = client.send(new Request.Verify(request), onTheWay).orElseThrow();
          assertThat(reply).isInstanceOf(Reply.Verdict.class);
          return ((Reply.Verdict) reply).report();
        });
  }

  private ControlClient connect() throws IOException {
    return ControlClient.connect(state).orElseThrow();
  }

  private static void fill(Path file, int mebibytes) throws IOException {
    byte[] mebibyte = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        out.write(mebibyte);
      }
    }
  }

  private static void run(String... line) throws Exception {
    assertThat(new ProcessBuilder(line).inheritIO().start().waitFor())
        .as(List.of(line).toString())
        .isZero();
  }
}
