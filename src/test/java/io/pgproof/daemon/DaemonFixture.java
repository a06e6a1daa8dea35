package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A daemon in this process that leaves workers aside after a second, its runs, and what happens in
 * them.
 */
abstract class DaemonFixture {
  /** For what never ends by itself. */
  static final Duration SHORT = Duration.ofSeconds(1);

  static final Duration LONG = Duration.ofMinutes(10);

  static StateDirectory state;
  static Daemon daemon;

  @BeforeAll
  static void aStateDirectoryOfItsOwn() {
    TestEnvironment.backup(15);
    state = TestEnvironment.stateWithImage(15);
  }

  @AfterAll
  static void removeIt() throws IOException {
    close();
    Trees.remove(state.path());
  }

  @BeforeEach
  void aDaemonRuns() {
    if (daemon == null) {
      startDaemon(Map.of());
    }
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(state);
  }

  record Begun(String run, CompletableFuture<Reply> reply) {
    Report verdict() throws Exception {
      Reply last = reply.get(5, TimeUnit.MINUTES);
      assertThat(last).isInstanceOf(Reply.Verdict.class);
      return ((Reply.Verdict) last).report();
    }
  }

  static void startDaemon(Map<String, String> settings) {
    List<String> names =
        new ArrayList<>(
            List.of(
                set("pgproof.worker-ends-within", "1s"),
                set("pgproof.retry-cycle", "PT5S,PT5S,PT5S")));
    settings.forEach((name, value) -> names.add(set(name, value)));
    try {
      daemon = Daemon.start(Ownership.acquire(state).orElseThrow(), false);
    } finally {
      names.forEach(System::clearProperty);
    }
  }

  static void close() {
    if (daemon != null) {
      daemon.close();
      daemon = null;
    }
  }

  static String set(String name, String value) {
    System.setProperty(name, value);
    return name;
  }

  static VerificationRequest within(Timeouts timeouts, String assertion) {
    return TestEnvironment.within(
        timeouts,
        TestEnvironment.request(
            TestEnvironment.backup(15), SourceDatabase.FRESHNESS_QUERY, assertion));
  }

  Report verify(VerificationRequest request) throws Exception {
    return begin(request).verdict();
  }

  Begun begin(VerificationRequest request) {
    AtomicReference<String> run = new AtomicReference<>();
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(() -> ask(new Request.Verify(request), run));
    await().until(() -> run.get() != null || reply.isDone());
    return new Begun(run.get(), reply);
  }

  Reply ask(Request request, AtomicReference<String> run) {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      return client
          .send(
              request,
              said -> {
                if (said instanceof Reply.Begun begun) {
                  run.set(begun.run());
                }
              })
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> said(String run) {
    Reply.Run shown = (Reply.Run) ask(new Request.ShowRun(run), new AtomicReference<>());
    return shown.happenings().stream().map(RunHistory.Happening::what).toList();
  }

  void awaitChecks(Begun begun) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                said(begun.run()).stream().anyMatch(line -> line.startsWith("recovered"))
                    || begun.reply().isDone());
    assertThat(begun.reply()).isNotDone();
  }

  static RunDirectory directory(Begun begun) {
    return state.run(new RunId(begun.run()));
  }

  String instance(Begun begun) {
    return daemon
        .application()
        .getBean(RuntimeService.class)
        .createProcessInstanceQuery()
        .processInstanceBusinessKey(begun.run())
        .singleResult()
        .getId();
  }

  long failed(Begun begun) {
    return daemon
        .application()
        .getBean(ManagementService.class)
        .createJobQuery()
        .processInstanceId(instance(begun))
        .withException()
        .count();
  }

  static void assertInconclusive(Report report, String reason) {
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .as(report.toString())
        .containsExactly("inconclusive", reason);
    assertThat(report.conclusion().hint()).isNotBlank();
  }
}
