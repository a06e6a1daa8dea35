package io.pgproof.workflow.engine;

import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cmd.DefaultJobRetryCmd;
import org.camunda.bpm.engine.impl.persistence.entity.JobEntity;
import org.springframework.stereotype.Component;

/**
 * Continues the retries of long work after its last fault. The job that looks at the work is a new
 * one after each fault, so the engine would begin with the first pause every time.
 */
@Component
public class BackgroundWorkRetries extends AbstractProcessEnginePlugin {
  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setFailedJobCommandFactory(Retry::new);
  }

  private static final class Retry extends DefaultJobRetryCmd {
    private final int usedUp;

    Retry(String job, Throwable failure) {
      super(job, failure);
      this.usedUp = failure instanceof BackgroundWork.Fault fault ? fault.count() - 1 : 0;
    }

    @Override
    protected void initializeRetries(JobEntity job, int retries) {
      super.initializeRetries(job, retries - usedUp);
    }
  }
}
