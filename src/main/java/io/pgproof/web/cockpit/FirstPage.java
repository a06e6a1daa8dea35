package io.pgproof.web.cockpit;

import io.pgproof.workflow.model.Groups;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.webapp.impl.security.auth.AuthenticationUtil;
import org.camunda.bpm.webapp.impl.security.auth.UserAuthentication;
import org.springframework.web.HttpRequestHandler;

/**
 * Redirects a request for {@code /} to the application that the user's groups need, and anonymous
 * users to the login.
 */
final class FirstPage implements HttpRequestHandler {
  private static final String APPLICATIONS = "/camunda/app/";

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    response.sendRedirect(
        request.getContextPath()
            + APPLICATIONS
            + person(request).map(FirstPage::application).orElse(""));
  }

  private static Optional<UserAuthentication> person(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    return Optional.ofNullable(session)
        .map(AuthenticationUtil::getAuthsFromSession)
        .map(people -> people.getAuthenticationForProcessEngine(ProcessEngines.NAME_DEFAULT))
        .map(UserAuthentication.class::cast);
  }

  private static String application(UserAuthentication person) {
    List<String> groups = person.getGroupIds();
    if (groups.contains(Groups.OPERATORS) || groups.contains(Groups.APPROVERS)) {
      return "tasklist/default/";
    }
    return person.isAuthorizedForApp("cockpit") ? "cockpit/default/" : "welcome/default/";
  }
}
