package io.pgproof.web.cockpit;

import static org.camunda.bpm.engine.authorization.Permissions.ACCESS;
import static org.camunda.bpm.engine.authorization.Resources.APPLICATION;

import io.pgproof.web.login.Person;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.webapp.impl.security.auth.AuthenticationUtil;
import org.camunda.bpm.webapp.impl.security.auth.UserAuthentication;

/** Says to Camunda's web applications who is logged in. */
final class EngineLogIn {
  private final AuthorizationService authorizations;
  private final String engine;

  EngineLogIn(ProcessEngine engine) {
    this.authorizations = engine.getAuthorizationService();
    this.engine = engine.getName();
  }

  UserAuthentication of(Person person) {
    List<String> groups = new ArrayList<>(person.groups());
    Set<String> applications = new HashSet<>(Set.of(AuthenticationUtil.APP_WELCOME));
    for (String application : AuthenticationUtil.APPS) {
      if (authorizations.isUserAuthorized(person.id(), groups, ACCESS, APPLICATION, application)) {
        applications.add(application);
      }
    }
    UserAuthentication authentication = new UserAuthentication(person.id(), engine);
    authentication.setGroupIds(groups);
    authentication.setTenantIds(List.of());
    authentication.setAuthorizedApps(applications);
    return authentication;
  }
}
