package io.pgproof.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationsOnEngine;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What becomes of a run whose step fails in a way that nobody foresaw. */
class StepTest {
  private static NotificationsOnEngine model;

  @BeforeAll
  static void anEngine() {
    model = new NotificationsOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    model.close();
  }

  static List<Error> errors() {
    return List.of(
        new OutOfMemoryError("Java heap space"),
        new StackOverflowError(),
        new NoClassDefFoundError("io/pgproof/Absent"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anErrorOfTheJvmEndsTheRunWithAVerdictAndIsLoggedWithItsTrace(Error error) {
    List<ILoggingEvent> log =
        logged(
            () ->
                assertVerdict(
                    error,
                    "internal",
                    String.valueOf(error.getMessage() == null ? error : error.getMessage())));

    assertThat(log)
        .as("one for each try")
        .hasSizeGreaterThan(1)
        .allSatisfy(
            line ->
                assertThat(line.getThrowableProxy().getClassName())
                    .isEqualTo(error.getClass().getName()));
  }

  @Test
  void anExceptionIsAnEnvironmentFaultAndIsLoggedWithItsTrace() {
    List<ILoggingEvent> log =
        logged(
            () ->
                assertVerdict(
                    new IllegalStateException("the disk is gone"),
                    "environment",
                    "the disk is gone"));

    assertThat(log)
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line.getThrowableProxy().getStackTraceElementProxyArray()).isNotEmpty());
  }

  private static void assertVerdict(Throwable failure, String reason, String said) {
    model
        .settings
        .getBeans()
        .put(
            VerifyBackup.Step.INSPECT_BACKUP,
            new Step(model.trail, new Cancellations(model.trail)) {
              @Override
              protected void perform(RunId run, DelegateExecution execution) throws Exception {
                if (failure instanceof Error error) {
                  throw error;
                }
                throw (Exception) failure;
              }
            });
    model.pass(60);
    RunId run = model.asked(null);
    model.begin(run, "none");
    model.work(VerifyBackup.PROCESS);

    Report report = new RunHistory(model.trail).report(run).orElseThrow();
    assertThat(List.of(report.verdict().word(), report.reason().code()))
        .containsExactly("inconclusive", reason);
    assertThat(report.conclusion().message())
        .isEqualTo("the step 'Inspect backup' failed in all its attempts: " + said);
    assertThat(report.conclusion().hint()).isNotBlank();
  }

  private static List<ILoggingEvent> logged(Runnable work) {
    Logger logger = (Logger) LoggerFactory.getLogger(Step.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      work.run();
      return appender.list.stream().filter(line -> line.getLevel() == Level.ERROR).toList();
    } finally {
      logger.detachAppender(appender);
    }
  }
}
