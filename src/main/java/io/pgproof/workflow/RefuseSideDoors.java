package io.pgproof.workflow;

import java.util.Set;
import java.util.function.Supplier;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.impl.cmd.CorrelateAllMessageCmd;
import org.camunda.bpm.engine.impl.cmd.CorrelateMessageCmd;
import org.camunda.bpm.engine.impl.cmd.DeleteGroupIdentityLinkCmd;
import org.camunda.bpm.engine.impl.cmd.MessageEventReceivedCmd;
import org.camunda.bpm.engine.impl.cmd.ModifyProcessInstanceAsyncCmd;
import org.camunda.bpm.engine.impl.cmd.ModifyProcessInstanceCmd;
import org.camunda.bpm.engine.impl.cmd.ProcessInstanceModificationBatchCmd;
import org.camunda.bpm.engine.impl.cmd.ProcessInstanceModificationCmd;
import org.camunda.bpm.engine.impl.cmd.ResolveTaskCmd;
import org.camunda.bpm.engine.impl.cmd.SignalCmd;
import org.camunda.bpm.engine.impl.cmd.batch.CorrelateAllMessageBatchCmd;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/**
 * Refuses what would pass by a decision, whoever asks: to walk a process instance to another place, to let a task be left
 * without an answer, to change variables by resolving a task, to take a task from its group. And messages that a person sends:
 * each says that something has happened, which only the program knows.
 */
final class RefuseSideDoors extends CommandInterceptor {
  private static final Set<Class<?>> REFUSED = Set.of(
      ModifyProcessInstanceCmd.class, ModifyProcessInstanceAsyncCmd.class, ProcessInstanceModificationCmd.class,
      ProcessInstanceModificationBatchCmd.class, SignalCmd.class, ResolveTaskCmd.class, DeleteGroupIdentityLinkCmd.class);
  private static final Set<Class<?>> MESSAGES = Set.of(
      CorrelateMessageCmd.class, CorrelateAllMessageCmd.class, CorrelateAllMessageBatchCmd.class, MessageEventReceivedCmd.class);

  private final Supplier<IdentityService> identities;

  /** @param identities asked for late, for the engine is just being made */
  RefuseSideDoors(Supplier<IdentityService> identities) {
    this.identities = identities;
  }

  @Override
  public <T> T execute(Command<T> command) {
    if (REFUSED.contains(command.getClass()) || MESSAGES.contains(command.getClass()) && isByHand()) {
      throw new BadUserRequestException(
          "pgproof lets nobody pass by a decision: a task is completed by its form, and an instance goes the way of its process\n"
              + "HINT: let a member of the task's group decide, or verify again");
    }
    return next.execute(command);
  }

  /** A job that a person asks for sends its messages within a command of its own. */
  private boolean isByHand() {
    return Context.getCommandContext() == null && identities.get().getCurrentAuthentication() != null;
  }
}
