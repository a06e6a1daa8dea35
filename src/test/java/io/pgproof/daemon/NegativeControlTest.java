package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.TestEnvironment;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.runs.RunFilter;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole negative controls in real containers. */
class NegativeControlTest {
  private static final String ASSERTION = "select count(*) > 0 from orders -- there are some";

  @AfterEach
  void nothingIsLeft() throws IOException {
    Remains.assertNone(TestEnvironment.state());
    try (Stream<Path> copies = Files.list(TestEnvironment.state().controls())) {
      assertThat(copies).isEmpty();
    }
  }

  @Test
  void eachCheckFindsItsDamageAndNothingCountsForTheTarget() throws IOException {
    Path backup = TestEnvironment.backup(15);
    VerificationRequest request = request("controlled", Depth.DEEP, backup);
    Report proven = TestEnvironment.verify(request);
    assertThat(proven.verdict()).as(proven.toString()).isEqualTo(Verdict.PROVEN);
    Map<String, String> before = digests(backup);
    Instant began = Instant.now();
    long verdicts = countVerdicts(began);
    long tasks = countTasks();

    List<String> said = new ArrayList<>();
    Reply reply =
        TestEnvironment.ask(
            new Request.Control("controlled", request, "tester"),
            way -> {
              if (way instanceof Reply.Said line) {
                said.add(line.text());
              }
            });

    assertThat(reply).isInstanceOf(Reply.ControlEnded.class);
    Reply.ControlEnded control = (Reply.ControlEnded) reply;
    assertThat(control.ended().results())
        .as(control.toString())
        .extracting(ControlResult::layer)
        .containsExactly(
            "archive", "manifest", "page", "wal", "index", "row", "freshness", "assertion");
    assertThat(control.ended().results())
        .as(control.toString())
        .allSatisfy(
            result -> {
              assertThat(result.outcome()).isEqualTo(Outcome.CAUGHT);
              assertThat(result.caughtBy()).contains(result.check());
            });
    assertThat(said).hasSize(8).anyMatch(line -> line.startsWith("page: caught by pages, "));
    assertThat(digests(backup)).isEqualTo(before);
    assertNothingCounts(control, proven, began, verdicts);
    assertThat(countTasks()).isEqualTo(tasks);
  }

  /** Of all tests that share the daemon. */
  private static long countTasks() {
    return TestEnvironment.daemon()
        .application()
        .getBean(TaskService.class)
        .createTaskQuery()
        .count();
  }

  private static void assertNothingCounts(
      Reply.ControlEnded control, Report proven, Instant began, long verdicts) {
    var application = TestEnvironment.daemon().application();
    RunIndex runs = application.getBean(RunIndex.class);
    assertThat(runs.list(RunFilter.ALL, Optional.empty(), 1).runs())
        .extracting(run -> run.run().value())
        .containsExactly(proven.run());
    assertThat(
            runs.overview("controlled", LocalDate.now(ZoneOffset.UTC)).orElseThrow().last().run())
        .isEqualTo(new RunId(proven.run()));
    assertThat(application.getBean(RunHistory.class).latest(1))
        .extracting(RunHistory.Line::run)
        .containsExactly(proven.run());
    assertThat(countVerdicts(began)).isEqualTo(verdicts);
    String run = control.ended().results().get(0).run();
    assertThat(application.getBean(RunHistory.class).happenings(new RunId(run)))
        .first()
        .satisfies(
            asked ->
                assertThat(asked.what())
                    .contains("negative control " + control.control() + " of controlled"));
    assertThat(
            new LastControls(application.getBean(EvidenceLog.class))
                .of("controlled")
                .orElseThrow()
                .control()
                .value())
        .isEqualTo(control.control());
  }

  private static long countVerdicts(Instant since) {
    VerdictHistory history = TestEnvironment.daemon().application().getBean(VerdictHistory.class);
    return Stream.of(Verdict.values()).mapToLong(verdict -> history.count(verdict, since)).sum();
  }

  @Test
  void aTargetThatWasNeverProvenIsNotControlled() {
    Reply reply =
        TestEnvironment.ask(
            new Request.Control(
                "never", request("never", Depth.QUICK, TestEnvironment.backup(15)), "tester"));

    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.ControlEnded.class,
            control -> {
              assertThat(control.ended().results()).isEmpty();
              assertThat(control.ended().why()).contains("verify the target first");
            });
  }

  private static VerificationRequest request(String target, Depth depth, Path backup) {
    VerificationRequest request =
        TestEnvironment.request(backup, SourceDatabase.FRESHNESS_QUERY, ASSERTION);
    return RequestBuilder.from(request).target(Optional.of(target)).depth(depth).build();
  }

  private static Map<String, String> digests(Path directory) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(directory.relativize(file).toString(), Digests.sha256(file));
      }
    }
    return digests;
  }
}
