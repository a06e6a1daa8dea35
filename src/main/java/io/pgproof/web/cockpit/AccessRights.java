package io.pgproof.web.cockpit;

import static org.camunda.bpm.engine.authorization.Authorization.ANY;
import static org.camunda.bpm.engine.authorization.Groups.CAMUNDA_ADMIN;

import io.pgproof.workflow.Groups;
import io.pgproof.workflow.KeepSchedule;
import java.util.List;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.authorization.UserOperationLogCategoryPermissions;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.identity.Group;

/**
 * The groups, and what each may do.
 *
 * <p>Tasks are missing on purpose: a task's candidate group gets its rights with the task. Making deployments and
 * deleting history are granted to {@code camunda-admin} alone. Nobody else may store filters, either.
 */
final class AccessRights {
  static final String PROCESS = "verifyBackup";
  private static final List<String> SHOWN = List.of(PROCESS, KeepSchedule.PROCESS);
  static final String TASK_FILTER = "Open tasks";

  private final IdentityService identities;
  private final AuthorizationService authorizations;
  private final FilterService filters;

  AccessRights(ProcessEngine engine) {
    identities = engine.getIdentityService();
    authorizations = engine.getAuthorizationService();
    filters = engine.getFilterService();
  }

  /** Adds what is missing and takes nothing away, so that what an administrator granted stays. */
  void ensure() {
    ensureGroup(CAMUNDA_ADMIN, "Administrators", "SYSTEM");
    for (Resource resource : Resources.values()) {
      grant(CAMUNDA_ADMIN, resource, ANY, Permissions.ALL);
    }
    ensureGroup(Groups.OPERATORS, "Backup operators", "WORKFLOW");
    ensureGroup(Groups.APPROVERS, "Backup approvers", "WORKFLOW");
    ensureGroup(Groups.AUDITORS, "Backup auditors", "WORKFLOW");

    String filter = ensureTaskFilter();
    for (String group : List.of(Groups.OPERATORS, Groups.APPROVERS)) {
      grant(group, Resources.APPLICATION, "tasklist", Permissions.ACCESS);
      grant(group, Resources.FILTER, filter, Permissions.READ);
    }
    for (String group : List.of(Groups.OPERATORS, Groups.APPROVERS, Groups.AUDITORS)) {
      grant(group, Resources.APPLICATION, "cockpit", Permissions.ACCESS);
      for (String process : SHOWN) {
        grant(group, Resources.PROCESS_DEFINITION, process,
            ProcessDefinitionPermissions.READ,
            ProcessDefinitionPermissions.READ_INSTANCE,
            ProcessDefinitionPermissions.READ_HISTORY);
      }
    }
    SHOWN.forEach(process ->
        grant(Groups.OPERATORS, Resources.PROCESS_DEFINITION, process, ProcessDefinitionPermissions.RETRY_JOB));
    grant(Groups.AUDITORS, Resources.PROCESS_DEFINITION, PROCESS, ProcessDefinitionPermissions.READ_TASK);
    grant(Groups.AUDITORS, Resources.DEPLOYMENT, ANY, Permissions.READ);
    grant(Groups.AUDITORS, Resources.OPERATION_LOG_CATEGORY, ANY, UserOperationLogCategoryPermissions.READ);
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

  // Tasklist shows nothing without a filter. This one asks for everything: a user sees his own tasks of it.
  private String ensureTaskFilter() {
    List<Filter> existing = filters.createTaskFilterQuery().filterName(TASK_FILTER).list();
    if (!existing.isEmpty()) {
      return existing.get(0).getId();
    }
    Filter filter = filters.newTaskFilter(TASK_FILTER);
    return filters.saveFilter(filter).getId();
  }

  private void grant(String group, Resource resource, String id, Permission... permissions) {
    Authorization authorization = authorizations.createAuthorizationQuery()
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
    for (Permission permission : permissions) {
      authorization.addPermission(permission);
    }
    authorizations.saveAuthorization(authorization);
  }
}
