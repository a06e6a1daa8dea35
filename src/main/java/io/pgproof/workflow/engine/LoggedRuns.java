package io.pgproof.workflow.engine;

import io.pgproof.proof.LogContext;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.Optional;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.delegate.DefaultDelegateInterceptor;
import org.camunda.bpm.engine.impl.delegate.DelegateInvocation;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Names the run and the target in the log lines of each delegate and listener, and in what the
 * engine logs when a job fails.
 */
final class LoggedRuns extends AbstractProcessEnginePlugin {
  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setDelegateInterceptor(new Interceptor());
  }

  /**
   * Ends the context with each task of the engine's threads. A task has jobs of a single process
   * instance.
   */
  static BeanPostProcessor endingWithTheTask() {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof ThreadPoolTaskExecutor executor) {
          executor.setTaskDecorator(
              task ->
                  () -> {
                    try {
                      task.run();
                    } finally {
                      LogContext.clear();
                    }
                  });
        }
        return bean;
      }
    };
  }

  private static final class Interceptor extends DefaultDelegateInterceptor {
    @Override
    public void handleInvocation(DelegateInvocation invocation) throws Exception {
      if (!(invocation.getContextExecution() instanceof ExecutionEntity execution)) {
        super.handleInvocation(invocation);
        return;
      }
      // The engine logs the failure of a job after the delegate has ended.
      boolean untilTheTaskEnds = LogContext.isEmpty() && Context.getJobExecutorContext() != null;
      LogContext.Scope scope = LogContext.open(run(execution), target(execution));
      try {
        super.handleInvocation(invocation);
      } finally {
        if (!untilTheTaskEnds) {
          scope.close();
        }
      }
    }

    private static Optional<RunId> run(ExecutionEntity execution) {
      Object run =
          switch (execution.getProcessDefinition().getKey()) {
            case VerifyBackup.PROCESS -> execution.getProcessBusinessKey();
            case TellSomebody.PROCESS -> execution.getVariable(TellSomebody.Variable.RUN);
            default -> null;
          };
      return run instanceof String text && RunId.isOne(text)
          ? Optional.of(new RunId(text))
          : Optional.empty();
    }

    private static Optional<String> target(ExecutionEntity execution) {
      Object target =
          switch (execution.getProcessDefinition().getKey()) {
            case VerifyBackup.PROCESS -> execution.getVariable(VerifyBackup.Variable.TARGET);
            case KeepSchedule.PROCESS -> execution.getProcessBusinessKey();
            default -> null;
          };
      return target instanceof String name ? Optional.of(name) : Optional.empty();
    }
  }
}
