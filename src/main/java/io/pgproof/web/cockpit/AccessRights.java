package io.pgproof.web.cockpit;

import static org.camunda.bpm.engine.authorization.Authorization.ANY;
import static org.camunda.bpm.engine.authorization.Groups.CAMUNDA_ADMIN;

import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.BatchPermissions;
import org.camunda.bpm.engine.authorization.HistoricProcessInstancePermissions;
import org.camunda.bpm.engine.authorization.HistoricTaskPermissions;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.ProcessInstancePermissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.authorization.TaskPermissions;
import org.camunda.bpm.engine.authorization.UserOperationLogCategoryPermissions;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.identity.Group;

/**
 * Defines the groups and what each may do.
 *
 * <p>No group gets permissions to decide tasks here on purpose: the candidate group of a task gets
 * its permissions with the task. Only {@code camunda-admin} may store filters. What the engine
 * refuses to everybody is granted to nobody, so that the pages do not offer it.
 */
final class AccessRights {
  private static final List<String> SHOWN =
      List.of(
          VerifyBackup.PROCESS,
          NegativeControl.PROCESS,
          KeepSchedule.PROCESS,
          TellSomebody.PROCESS,
          DailySummary.PROCESS,
          ReviewResults.PROCESS);
  static final String TASK_FILTER = "Open tasks";

  /** Permissions of administrators on resources on which they do not have all permissions. */
  private static final Map<Resource, Permission[]> ADMINISTRATORS =
      Map.of(
          Resources.DEPLOYMENT, permissions(Permissions.READ),
          Resources.BATCH, permissions(BatchPermissions.READ, BatchPermissions.READ_HISTORY),
          Resources.HISTORIC_TASK, permissions(HistoricTaskPermissions.READ),
          Resources.HISTORIC_PROCESS_INSTANCE, permissions(HistoricProcessInstancePermissions.READ),
          Resources.OPERATION_LOG_CATEGORY, permissions(UserOperationLogCategoryPermissions.READ),
          Resources.DECISION_DEFINITION, permissions(Permissions.READ),
          Resources.DECISION_REQUIREMENTS_DEFINITION, permissions(Permissions.READ),
          Resources.TASK,
              permissions(
                  TaskPermissions.READ,
                  TaskPermissions.READ_VARIABLE,
                  TaskPermissions.TASK_ASSIGN,
                  TaskPermissions.TASK_WORK),
          Resources.PROCESS_INSTANCE,
              permissions(
                  ProcessInstancePermissions.READ,
                  ProcessInstancePermissions.UPDATE,
                  ProcessInstancePermissions.DELETE),
          Resources.PROCESS_DEFINITION,
              permissions(
                  ProcessDefinitionPermissions.READ,
                  ProcessDefinitionPermissions.UPDATE,
                  ProcessDefinitionPermissions.READ_INSTANCE,
                  ProcessDefinitionPermissions.UPDATE_INSTANCE,
                  ProcessDefinitionPermissions.READ_INSTANCE_VARIABLE,
                  ProcessDefinitionPermissions.READ_TASK,
                  ProcessDefinitionPermissions.READ_TASK_VARIABLE,
                  ProcessDefinitionPermissions.READ_HISTORY,
                  ProcessDefinitionPermissions.READ_HISTORY_VARIABLE,
                  ProcessDefinitionPermissions.TASK_ASSIGN,
                  ProcessDefinitionPermissions.TASK_WORK,
                  ProcessDefinitionPermissions.DELETE_INSTANCE));

  /**
   * The variables that Tasklist shows for each task in the list; it shows the waiting time anyway.
   */
  private static final List<Map<String, String>> ON_A_CARD =
      List.of(
          Map.of("name", VerifyBackup.Variable.TARGET, "label", "Target"),
          Map.of("name", VerifyBackup.Variable.VERDICT, "label", "Verdict"),
          Map.of("name", VerifyBackup.Variable.REASON, "label", "Reason"),
          Map.of("name", VerifyBackup.Variable.BACKUP_PATH, "label", "Backup"));

  private final IdentityService identities;
  private final AuthorizationService authorizations;
  private final FilterService filters;

  AccessRights(ProcessEngine engine) {
    identities = engine.getIdentityService();
    authorizations = engine.getAuthorizationService();
    filters = engine.getFilterService();
  }

  /**
   * Adds missing permissions, and keeps what an administrator granted. It revokes what earlier
   * versions granted to administrators, and all permissions on deployments.
   */
  void ensure() {
    ensureGroup(CAMUNDA_ADMIN, "Administrators", "SYSTEM");
    for (Resource resource : Resources.values()) {
      if (ADMINISTRATORS.containsKey(resource)) {
        set(CAMUNDA_ADMIN, resource, ADMINISTRATORS.get(resource));
      } else {
        grant(CAMUNDA_ADMIN, resource, ANY, Permissions.ALL);
      }
    }
    keepDeploymentsReadable();
    ensureGroup(Groups.OPERATORS, "Backup operators", "WORKFLOW");
    ensureGroup(Groups.APPROVERS, "Backup approvers", "WORKFLOW");
    ensureGroup(Groups.AUDITORS, "Backup auditors", "WORKFLOW");

    String filter = ensureTaskFilter();
    for (String group : List.of(Groups.OPERATORS, Groups.APPROVERS, Groups.AUDITORS)) {
      grant(group, Resources.APPLICATION, "tasklist", Permissions.ACCESS);
      grant(group, Resources.FILTER, filter, Permissions.READ);
      grant(group, Resources.APPLICATION, "cockpit", Permissions.ACCESS);
      for (String process : SHOWN) {
        grant(
            group,
            Resources.PROCESS_DEFINITION,
            process,
            ProcessDefinitionPermissions.READ,
            ProcessDefinitionPermissions.READ_INSTANCE,
            ProcessDefinitionPermissions.READ_HISTORY);
      }
    }
    SHOWN.forEach(
        process ->
            grant(
                Groups.OPERATORS,
                Resources.PROCESS_DEFINITION,
                process,
                ProcessDefinitionPermissions.RETRY_JOB));
    grant(
        Groups.AUDITORS,
        Resources.PROCESS_DEFINITION,
        VerifyBackup.PROCESS,
        ProcessDefinitionPermissions.READ_TASK);
    grant(Groups.AUDITORS, Resources.DEPLOYMENT, ANY, Permissions.READ);
    grant(
        Groups.AUDITORS,
        Resources.OPERATION_LOG_CATEGORY,
        ANY,
        UserOperationLogCategoryPermissions.READ);
  }

  private void ensureGroup(String id, String name, String type) {
    if (identities.isReadOnly() || identities.createGroupQuery().groupId(id).count() > 0) {
      return;
    }
    Group group = identities.newGroup(id);
    group.setName(name);
    group.setType(type);
    identities.saveGroup(group);
  }

  // Tasklist shows nothing without a filter. This one selects all tasks: each user sees his own
  // tasks in it.
  private String ensureTaskFilter() {
    Filter filter =
        filters.createTaskFilterQuery().filterName(TASK_FILTER).list().stream()
            .findFirst()
            .orElseGet(() -> filters.newTaskFilter(TASK_FILTER));
    Map<String, Object> properties =
        new HashMap<>(Optional.ofNullable(filter.getProperties()).orElse(Map.of()));
    // Older versions created the filter without variables.
    if (properties.putIfAbsent("variables", ON_A_CARD) == null) {
      properties.putIfAbsent("showUndefinedVariable", false);
      properties.putIfAbsent("refresh", true);
      filter.setProperties(properties);
      filters.saveFilter(filter);
    }
    return filter.getId();
  }

  private void keepDeploymentsReadable() {
    authorizations.createAuthorizationQuery().resourceType(Resources.DEPLOYMENT).list().stream()
        .filter(
            authorization -> authorization.getAuthorizationType() != Authorization.AUTH_TYPE_REVOKE)
        .filter(
            authorization ->
                Stream.of(Permissions.CREATE, Permissions.UPDATE, Permissions.DELETE)
                    .anyMatch(authorization::isPermissionGranted))
        .forEach(
            authorization -> {
              authorization.setPermissions(
                  authorization.isPermissionGranted(Permissions.READ)
                      ? permissions(Permissions.READ)
                      : permissions(Permissions.NONE));
              authorizations.saveAuthorization(authorization);
            });
  }

  private static Permission[] permissions(Permission... permissions) {
    return permissions;
  }

  /** Grants these permissions and no others. */
  private void set(String group, Resource resource, Permission[] permissions) {
    Authorization authorization = authorization(group, resource, ANY);
    authorization.setPermissions(permissions);
    authorizations.saveAuthorization(authorization);
  }

  private void grant(String group, Resource resource, String id, Permission... permissions) {
    Authorization authorization = authorization(group, resource, id);
    for (Permission permission : permissions) {
      authorization.addPermission(permission);
    }
    authorizations.saveAuthorization(authorization);
  }

  /** Returns the existing authorization, or a new one. */
  private Authorization authorization(String group, Resource resource, String id) {
    Authorization authorization =
        authorizations
            .createAuthorizationQuery()
            .authorizationType(Authorization.AUTH_TYPE_GRANT)
            .groupIdIn(group)
            .resourceType(resource)
            .resourceId(id)
            .singleResult();
    if (authorization == null) {
      authorization = authorizations.createNewAuthorization(Authorization.AUTH_TYPE_GRANT);
      authorization.setGroupId(group);
      authorization.setResource(resource);
      authorization.setResourceId(id);
    }
    return authorization;
  }
}
