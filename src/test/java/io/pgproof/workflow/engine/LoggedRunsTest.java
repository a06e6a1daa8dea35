package io.pgproof.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration;
import org.camunda.bpm.engine.spring.components.jobexecutor.SpringJobExecutor;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Which run and which target the log lines of the engine's threads name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoggedRunsTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(LoggedRunsTest.class);
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  private final RunId run = RunId.at(Instant.now());
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final ThreadPoolTaskExecutor threads = new ThreadPoolTaskExecutor();
  private final BackgroundWork work =
      new BackgroundWork((ended, message) -> LOG.info("rung"), Duration.ofMinutes(1), 1);
  private ProcessEngine engine;

  private record Line(String text, Map<String, String> context) {
    private String about() {
      return Stream.of(LogContext.RUN, LogContext.TARGET)
          .map(key -> context.getOrDefault(key, "-"))
          .reduce("", (one, other) -> one + other + " ")
          .strip();
    }
  }

  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(new Line(event.getFormattedMessage(), Map.copyOf(event.getMDCPropertyMap())));
        }
      };

  @BeforeAll
  void anEngineWithOneThread() {
    threads.setCorePoolSize(1);
    threads.setMaxPoolSize(1);
    LoggedRuns.endingWithTheTask().postProcessBeforeInitialization(threads, "threads");
    threads.initialize();
    SpringJobExecutor executor = new SpringJobExecutor();
    executor.setTaskExecutor(threads);
    executor.setWaitTimeInMillis(50);
    executor.setMaxWait(50);
    StandaloneInMemProcessEngineConfiguration settings =
        new StandaloneInMemProcessEngineConfiguration();
    settings.setProcessEngineName("logged-runs");
    settings.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    settings.setDefaultNumberOfRetries(1);
    settings.setJobExecutor(executor);
    settings.setBeans(
        Map.of(
            "failing",
            (JavaDelegate)
                execution -> {
                  LOG.info("working");
                  throw new IllegalStateException("out of order");
                },
            "inside",
            (JavaDelegate) execution -> LOG.info("in the inner process")));
    settings.setProcessEnginePlugins(new ArrayList<>(List.of(new LoggedRuns())));
    engine = settings.buildProcessEngine();
    for (String process :
        List.of(VerifyBackup.PROCESS, KeepSchedule.PROCESS, TellSomebody.PROCESS, "other")) {
      deploy(process, "failing", true);
    }
    deploy("inner", "inside", false);
    appender.start();
    ROOT.addAppender(appender);
    LOG.setLevel(Level.INFO);
    executor.start();
  }

  @BeforeEach
  void forgetEarlierLines() {
    lines.clear();
  }

  private void deploy(String process, String delegate, boolean async) {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            process + ".bpmn",
            Bpmn.createExecutableProcess(process)
                .camundaHistoryTimeToLive(1)
                .startEvent()
                .serviceTask()
                .camundaDelegateExpression("${" + delegate + "}")
                .camundaAsyncBefore(async)
                .endEvent()
                .done())
        .deploy();
  }

  @AfterAll
  void end() {
    ROOT.detachAppender(appender);
    LOG.setLevel(null);
    engine.close();
    threads.shutdown();
    work.close();
  }

  @Test
  void eachLineNamesWhatItIsAboutAndNothingOfAnEarlierJob() {
    assertFailedJob(
        run + " shop",
        VerifyBackup.PROCESS,
        run.value(),
        Map.of(VerifyBackup.Variable.TARGET, "shop"));
    assertFailedJob("- -", "other", "1", Map.of());
    assertFailedJob(
        "- web", KeepSchedule.PROCESS, "web", Map.of(KeepSchedule.Variable.RUN, run.value()));
    assertFailedJob(
        run + " -",
        TellSomebody.PROCESS,
        "message",
        Map.of(TellSomebody.Variable.RUN, run.value()));
    assertFailedJob("- -", TellSomebody.PROCESS, "message", Map.of());
  }

  private void assertFailedJob(
      String about, String process, String businessKey, Map<String, Object> variables) {
    lines.clear();
    engine.getRuntimeService().startProcessInstanceByKey(process, businessKey, variables);
    await().until(() -> lines.stream().anyMatch(line -> line.text().contains("ENGINE-14006")));
    assertThat(lines)
        .as(process)
        .filteredOn(line -> line.text().equals("working") || line.text().contains("ENGINE-14006"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line.about()).as(line.text()).isEqualTo(about));
  }

  @Test
  void aProcessThatADelegateBeginsHasLinesOfItsOwn() {
    LogContext.with(
        run,
        () -> {
          engine.getRuntimeService().startProcessInstanceByKey("inner");
          LOG.info("after it");
        });
    assertThat(lines)
        .extracting(line -> line.text() + " " + line.about())
        .contains("in the inner process - -", "after it " + run + " -");
  }

  @Test
  void workBesideTheEngineNamesTheRunOfItsStep() {
    LogContext.with(
        Optional.of(run),
        Optional.of("shop"),
        () ->
            work.startOnce(
                run,
                "ended",
                new BackgroundWork.Limit(Duration.ofMinutes(1), Reason.INTERNAL, "work"),
                () -> {
                  LOG.info("beside the engine");
                  return true;
                }));
    await().until(() -> lines.stream().anyMatch(line -> line.text().equals("rung")));
    assertThat(lines)
        .extracting(line -> line.text() + " " + line.about())
        .contains("beside the engine " + run + " shop", "rung - -");
  }
}
