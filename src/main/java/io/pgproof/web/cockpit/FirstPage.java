package io.pgproof.web.cockpit;

import io.pgproof.web.login.LoggedIn;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.model.Groups;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.HttpRequestHandler;

/** Redirects a request for {@code /} to the application that the person's groups need. */
final class FirstPage implements HttpRequestHandler {
  private static final String APPLICATIONS = "/camunda/app/";

  private final EngineLogIn engine;

  FirstPage(EngineLogIn engine) {
    this.engine = engine;
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    response.sendRedirect(
        request.getContextPath()
            + APPLICATIONS
            + LoggedIn.person().map(this::application).orElse(""));
  }

  private String application(Person person) {
    if (person.isIn(Groups.OPERATORS) || person.isIn(Groups.APPROVERS)) {
      return "tasklist/default/";
    }
    return engine.of(person).isAuthorizedForApp("cockpit")
        ? "cockpit/default/"
        : "welcome/default/";
  }
}
