package io.pgproof.workflow.engine;

import java.time.Duration;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.repository.ProcessDefinition;

/**
 * Limits how long the engine keeps its history. The engine calculates at the end of a process
 * instance when its history may go, so an instance that is not at its end, such as one with an open
 * task, keeps all of it, whatever its age.
 */
final class EngineHistory extends AbstractProcessEnginePlugin {
  /** Processes that only prepare or report; nobody looks at them for longer. */
  private static final int SHORT_DAYS = 30;

  private final int days;
  private final CleanupWindow window;

  EngineHistory(Duration keep, CleanupWindow window) {
    // What is asked for is kept, so a part of a day counts as a whole one.
    this.days = (int) keep.plusDays(1).minusNanos(1).toDays();
    this.window = window;
  }

  @Override
  public void preInit(ProcessEngineConfigurationImpl engine) {
    engine.setHistoryCleanupBatchWindowStartTime(window.from().toString());
    engine.setHistoryCleanupBatchWindowEndTime(window.until().toString());
    engine.setHistoryRemovalTimeStrategy(
        ProcessEngineConfigurationImpl.HISTORY_REMOVAL_TIME_STRATEGY_END);
  }

  /**
   * Applies the limit to all versions of the processes of this program: to instances that end from
   * now on. Processes that only prepare or report keep a month at most.
   */
  void apply(RepositoryService repository) {
    for (String process : OwnDefinitions.PROCESSES) {
      for (ProcessDefinition definition :
          repository
              .createProcessDefinitionQuery()
              .processDefinitionKey(process)
              .withoutTenantId()
              .list()) {
        int limit =
            OwnDefinitions.SHORT_LIVED.contains(process) ? Math.min(days, SHORT_DAYS) : days;
        Integer now = definition.getHistoryTimeToLive();
        if (now == null || now != limit) {
          repository.updateProcessDefinitionHistoryTimeToLive(definition.getId(), limit);
        }
      }
    }
  }
}
