package io.pgproof.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.schedule.NightOnEngine;
import java.time.Duration;
import java.time.LocalTime;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineHistoryTest {
  private static final CleanupWindow WINDOW =
      new CleanupWindow(LocalTime.of(22, 30), LocalTime.of(4, 0));

  private final NightOnEngine night = new NightOnEngine();

  @AfterEach
  void close() {
    new EngineHistory(Duration.ofDays(365), WINDOW).apply(night.engine.getRepositoryService());
    night.close();
  }

  @Test
  void theEngineGetsTheWindow() {
    StandaloneInMemProcessEngineConfiguration engine =
        new StandaloneInMemProcessEngineConfiguration();
    new EngineHistory(Duration.ofDays(365), WINDOW).preInit(engine);
    assertThat(engine.getHistoryCleanupBatchWindowStartTime()).isEqualTo("22:30");
    assertThat(engine.getHistoryCleanupBatchWindowEndTime()).isEqualTo("04:00");
    assertThat(engine.getHistoryRemovalTimeStrategy()).isEqualTo("end");
  }

  @Test
  void onlyWhatHasEndedLosesItsHistory() {
    new EngineHistory(Duration.ofHours(9 * 24 + 1), WINDOW)
        .apply(night.engine.getRepositoryService());
    night.configure(1, NightOnEngine.target("shop", "0 3 * * *"));
    night.schedules.reconcile();
    HistoricProcessInstance open = instance();
    assertThat(open.getEndTime()).isNull();
    assertThat(open.getRemovalTime()).isNull();

    night.engine.getRuntimeService().deleteProcessInstance(open.getId(), "test");

    HistoricProcessInstance ended = instance();
    assertThat(Duration.between(ended.getEndTime().toInstant(), ended.getRemovalTime().toInstant()))
        .isEqualTo(Duration.ofDays(10));
  }

  @Test
  void processesThatOnlyPrepareOrReportKeepAMonthAtMost() {
    new EngineHistory(Duration.ofDays(400), WINDOW).apply(night.engine.getRepositoryService());
    assertThat(days(VerifyBackup.PROCESS)).isEqualTo(400);
    assertThat(days(KeepSchedule.PROCESS)).isEqualTo(30);
  }

  private int days(String process) {
    return night
        .engine
        .getRepositoryService()
        .createProcessDefinitionQuery()
        .processDefinitionKey(process)
        .singleResult()
        .getHistoryTimeToLive();
  }

  private HistoricProcessInstance instance() {
    return night
        .engine
        .getHistoryService()
        .createHistoricProcessInstanceQuery()
        .processDefinitionKey(KeepSchedule.PROCESS)
        .singleResult();
  }
}
