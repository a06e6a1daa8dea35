package io.pgproof.workflow.guard;

import java.util.Set;
import org.camunda.bpm.engine.impl.AbstractQuery;
import org.camunda.bpm.engine.impl.GetDeployedTaskFormCmd;
import org.camunda.bpm.engine.impl.HistoricProcessInstanceReportImpl;
import org.camunda.bpm.engine.impl.HistoricTaskInstanceReportImpl;
import org.camunda.bpm.engine.impl.TaskReportImpl;
import org.camunda.bpm.engine.impl.cmd.*;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.metrics.MetricsQueryImpl;

/**
 * The engine commands that a person may give, within their permissions. A command that is not
 * listed here is refused to everybody, including administrators, because the verdict of a
 * verification must not depend on what somebody did to the engine.
 */
final class AllowedCommands {
  private static final Set<Class<?>> READING =
      Set.of(
          // Process definitions, instances and their jobs
          FindActiveActivityIdsCmd.class,
          GetActivityInstanceCmd.class,
          GetDeployedProcessDefinitionCmd.class,
          GetDeploymentBpmnModelInstanceCmd.class,
          GetDeploymentProcessDiagramCmd.class,
          GetDeploymentProcessModelCmd.class,
          GetDeploymentResourceCmd.class,
          GetDeploymentResourceForIdCmd.class,
          GetDeploymentResourceNamesCmd.class,
          GetDeploymentResourcesCmd.class,
          GetExecutionVariableCmd.class,
          GetExecutionVariableTypedCmd.class,
          GetExecutionVariablesCmd.class,
          GetHistoricJobLogExceptionStacktraceCmd.class,
          GetJobExceptionStacktraceCmd.class,
          GetProcessInstanceCommentsCmd.class,
          GetStaticCalledProcessDefinitionCmd.class,
          // Tasks and their forms
          ExecuteFilterCountCmd.class,
          ExecuteFilterListCmd.class,
          ExecuteFilterListPageCmd.class,
          ExecuteFilterSingleResultCmd.class,
          GetDeployedTaskFormCmd.class,
          GetFilterCmd.class,
          GetFormKeyCmd.class,
          GetIdentityLinksForTaskCmd.class,
          GetSubTasksCmd.class,
          GetTaskAttachmentsCmd.class,
          GetTaskCommentCmd.class,
          GetTaskCommentsCmd.class,
          GetTaskEventsCmd.class,
          GetTaskFormCmd.class,
          GetTaskFormVariablesCmd.class,
          GetTaskVariableCmd.class,
          GetTaskVariableCmdTyped.class,
          GetTaskVariablesCmd.class,
          // Reports and metrics
          GetHistoryLevelCmd.class,
          GetTelemetryDataCmd.class,
          GetUniqueTaskWorkerCountCmd.class,
          HistoricProcessInstanceReportImpl.class,
          HistoricTaskInstanceReportImpl.class,
          MetricsQueryImpl.class,
          TaskReportImpl.class,
          // People and their permissions
          AuthorizationCheckCmd.class,
          CreateGroupQueryCmd.class,
          CreateTenantQueryCmd.class,
          CreateUserQueryCmd.class,
          GetPasswordPolicyCmd.class,
          GetUserPictureCmd.class,
          IsIdentityServiceReadOnlyCmd.class);

  /** {@link CommandGuard} inspects those that can carry more than their name says. */
  private static final Set<Class<?>> WRITING =
      Set.of(
          // Working on a task
          AddCommentCmd.class,
          AssignTaskCmd.class,
          ClaimTaskCmd.class,
          CompleteTaskCmd.class,
          SubmitTaskFormCmd.class,
          // Retrying, suspending and resuming, giving up
          ActivateJobCmd.class,
          ActivateJobDefinitionCmd.class,
          ActivateProcessDefinitionCmd.class,
          ActivateProcessInstanceCmd.class,
          DeleteProcessInstanceCmd.class,
          SetJobRetriesCmd.class,
          SuspendJobCmd.class,
          SuspendJobDefinitionCmd.class,
          SuspendProcessDefinitionCmd.class,
          SuspendProcessInstanceCmd.class,
          UpdateProcessInstancesSuspendStateCmd.class,
          // Task filters
          CreateFilterCmd.class,
          DeleteFilterCmd.class,
          SaveFilterCmd.class,
          // People and their permissions
          CheckPassword.class,
          CreateAuthorizationCommand.class,
          CreateGroupCmd.class,
          CreateMembershipCmd.class,
          CreateTenantCmd.class,
          CreateTenantGroupMembershipCmd.class,
          CreateTenantUserMembershipCmd.class,
          CreateUserCmd.class,
          DeleteAuthorizationCmd.class,
          DeleteGroupCmd.class,
          DeleteMembershipCmd.class,
          DeleteTenantCmd.class,
          DeleteTenantGroupMembershipCmd.class,
          DeleteTenantUserMembershipCmd.class,
          DeleteUserCmd.class,
          DeleteUserPictureCmd.class,
          SaveAuthorizationCmd.class,
          SaveGroupCmd.class,
          SaveTenantCmd.class,
          SaveUserCmd.class,
          SetUserPictureCmd.class,
          UnlockUserCmd.class);

  private AllowedCommands() {}

  /**
   * Returns whether commands of exactly this class are allowed; queries are allowed, and reports by
   * the class in which their command is nested.
   */
  static boolean contains(Class<?> command) {
    Class<?> listed = command;
    while (listed.getEnclosingClass() != null) {
      listed = listed.getEnclosingClass();
    }
    return AbstractQuery.class.isAssignableFrom(command)
        || READING.contains(listed)
        || WRITING.contains(listed);
  }

  static boolean contains(Command<?> command) {
    return contains(command.getClass());
  }
}
