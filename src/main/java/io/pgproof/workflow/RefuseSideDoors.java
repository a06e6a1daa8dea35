package io.pgproof.workflow;

import java.util.Set;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.cmd.DeleteGroupIdentityLinkCmd;
import org.camunda.bpm.engine.impl.cmd.ModifyProcessInstanceAsyncCmd;
import org.camunda.bpm.engine.impl.cmd.ModifyProcessInstanceCmd;
import org.camunda.bpm.engine.impl.cmd.ProcessInstanceModificationBatchCmd;
import org.camunda.bpm.engine.impl.cmd.ProcessInstanceModificationCmd;
import org.camunda.bpm.engine.impl.cmd.ResolveTaskCmd;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/**
 * Refuses what would pass by a decision, whoever asks: to walk a process instance to another place, to change variables by
 * resolving a task, to take a task from its group.
 */
final class RefuseSideDoors extends CommandInterceptor {
  private static final Set<Class<?>> REFUSED = Set.of(
      ModifyProcessInstanceCmd.class, ModifyProcessInstanceAsyncCmd.class, ProcessInstanceModificationCmd.class,
      ProcessInstanceModificationBatchCmd.class, ResolveTaskCmd.class, DeleteGroupIdentityLinkCmd.class);

  @Override
  public <T> T execute(Command<T> command) {
    if (REFUSED.contains(command.getClass())) {
      throw new BadUserRequestException(
          "pgproof lets nobody pass by a decision: a task is completed by its form, and an instance goes the way of its process\n"
              + "HINT: let a member of the task's group decide, or verify again");
    }
    return next.execute(command);
  }
}
