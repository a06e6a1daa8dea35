package io.pgproof.workflow.guard;

import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.authorization.TaskPermissions;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.auth.DefaultAuthorizationProvider;
import org.camunda.bpm.engine.impl.persistence.entity.AuthorizationEntity;
import org.camunda.bpm.engine.task.Task;
import org.springframework.stereotype.Component;

/**
 * Lets the candidate group of a task read, claim, complete and unclaim that task, and nothing more.
 *
 * <p>The engine's default, {@code UPDATE}, would also let candidates change the run's variables
 * without completing anything. Permissions are written when the task is created, so authorization
 * is enabled in every engine: candidates would never see a task that was created without it.
 */
@Component
class CandidatePermissions extends AbstractProcessEnginePlugin {
  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setAuthorizationEnabled(true);
    configuration.setDefaultUserPermissionForTask(TaskPermissions.TASK_WORK);
    configuration.setResourceAuthorizationProvider(new HandOver());
  }

  private static final class HandOver extends DefaultAuthorizationProvider {
    @Override
    public AuthorizationEntity[] newTaskGroupIdentityLink(Task task, String group, String type) {
      AuthorizationEntity[] authorizations = super.newTaskGroupIdentityLink(task, group, type);
      for (AuthorizationEntity authorization : authorizations) {
        if (authorization.getResourceType() == Resources.TASK.resourceType()) {
          authorization.addPermission(TaskPermissions.TASK_ASSIGN);
        }
      }
      return authorizations;
    }
  }
}
