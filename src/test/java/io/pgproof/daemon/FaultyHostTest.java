package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.FaultySandbox;
import io.pgproof.FaultySandbox.Call;
import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Steps that the host lets down, each with its real delegate in a real run: what was begun is
 * undone, and the run ends.
 */
@Tag("container")
class FaultyHostTest {
  private static final int ALWAYS = 100;

  @BeforeEach
  void aSoundBackupIsThere() {
    TestEnvironment.backup(15);
  }

  @AfterEach
  void nothingIsLeft() {
    FaultySandbox.heal();
    Remains.assertNone(TestEnvironment.state());
  }

  @ParameterizedTest
  @CsvSource({"CREATE, Create container", "START, Start server"})
  void aFailingContainerIsTornDownAndTheRunEnds(Call call, String step) {
    FaultySandbox.fail(call, ALWAYS);

    Report report = TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15)));

    assertEnvironment(report, step, "the host is not well: " + call);
    assertThat(said(report))
        .endsWith("restored files removed", "verdict: inconclusive (environment)")
        .filteredOn(line -> line.endsWith("destroyed"))
        .hasSize(call == Call.START ? 1 : 0);
    await()
        .until(
            () ->
                said(report.run()).stream()
                    .anyMatch(
                        line -> line.contains("Approve escalation") || line.contains("joined")));
  }

  @ParameterizedTest
  @CsvSource({"CREATE", "START", "LOOK", "DESTROY"})
  void aTemporaryFaultDoesNotChangeTheVerdict(Call call) {
    FaultySandbox.fail(call, 2);

    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(TestEnvironment.backup(15), SourceDatabase.FRESHNESS_QUERY));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(said(report)).filteredOn(line -> line.endsWith("destroyed")).hasSize(1);
  }

  @Test
  void backgroundWorkThatKeepsFailingEndsTheRun() {
    FaultySandbox.fail(Call.LOOK, ALWAYS);

    Report report = TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15)));

    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", "environment");
    assertThat(report.conclusion().message())
        .isEqualTo(
            "the watch over recovery failed 3 times; the last error: the host is not well: LOOK");
    assertThat(said(report))
        .endsWith("restored files removed", "verdict: inconclusive (environment)");
  }

  @Test
  void aRestoreThatCannotStartIsTornDownAndTheRunEnds() throws Exception {
    Report report;
    chattr("+i", TestEnvironment.state().runs());
    try {
      report = TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15)));
    } finally {
      chattr("-i", TestEnvironment.state().runs());
    }

    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", "environment");
    assertThat(report.conclusion().message())
        .startsWith(
            "the restore of " + TestEnvironment.backup(15) + " failed 3 times; the last error: ")
        .contains(TestEnvironment.state().runs().toString());
    assertThat(said(report))
        .endsWith("restored files removed", "verdict: inconclusive (environment)");
  }

  @Test
  void aRecoveryThatCannotBePreparedIsTornDownAndTheRunEnds() throws Exception {
    AtomicReference<String> run = new AtomicReference<>();
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(
            () ->
                TestEnvironment.ask(
                    new Request.Verify(TestEnvironment.request(TestEnvironment.backup(15))),
                    said -> {
                      if (said instanceof Reply.Begun begun) {
                        run.set(begun.run());
                      }
                    }));
    await().pollInterval(Duration.ofMillis(2)).until(() -> run.get() != null);
    Path place = TestEnvironment.state().run(new RunId(run.get())).path();
    await().pollInterval(Duration.ofMillis(2)).until(() -> Files.exists(place.resolve("data")));
    Files.createFile(place.resolve("settings"));

    assertThat(reply.get())
        .isInstanceOfSatisfying(
            Reply.Verdict.class,
            verdict -> {
              assertEnvironment(verdict.report(), "Prepare recovery", place.toString());
              assertThat(said(verdict.report()))
                  .endsWith("restored files removed", "verdict: inconclusive (environment)");
            });
  }

  private static void assertEnvironment(Report report, String step, String said) {
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", "environment");
    assertThat(report.conclusion().message()).contains("'" + step + "'").contains(said);
    assertThat(report.conclusion().hint()).isNotBlank();
  }

  /** What happened up to the verdict. */
  private static List<String> said(Report report) {
    List<String> said = said(report.run());
    return said.subList(
        0,
        said.indexOf("verdict: " + report.verdict().word() + " (" + report.reason().code() + ")")
            + 1);
  }

  private static List<String> said(String run) {
    return ((Reply.Run) TestEnvironment.ask(new Request.ShowRun(run)))
        .happenings().stream().map(happening -> happening.what()).toList();
  }

  private static void chattr(String flag, Path file) throws Exception {
    assertThat(new ProcessBuilder("chattr", flag, file.toString()).inheritIO().start().waitFor())
        .isZero();
  }
}
