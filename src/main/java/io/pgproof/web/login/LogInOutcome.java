package io.pgproof.web.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.logout.LogoutSuccessHandler;

/** What follows a log-in, a refused one, and a log-out. */
final class LogInOutcome
    implements AuthenticationSuccessHandler, AuthenticationFailureHandler, LogoutSuccessHandler {
  static final String USER = "username";

  private static final Logger LOG = LoggerFactory.getLogger(LogInOutcome.class);
  private static final String REFUSED =
      "The user name or the password is wrong, or you must wait because of a wrong password before.";

  private final LogInPage page;
  private final AttemptLimit limit;
  private final EngineUsers users;

  LogInOutcome(LogInPage page, AttemptLimit limit, EngineUsers users) {
    this.page = page;
    this.limit = limit;
    this.users = users;
  }

  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication person)
      throws IOException {
    limit.takeBack(request.getRemoteAddr());
    LOG.info("{} logged in from {}", person.getName(), request.getRemoteAddr());
    response.sendRedirect(
        request.getContextPath()
            + LocalAddress.orFirstPage(request.getParameter(LogInPage.RETURN_TO)));
  }

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    LOG.info("a log-in as {} from {} was refused", knownUser(request), request.getRemoteAddr());
    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    page.show(request, response, REFUSED);
  }

  @Override
  public void onLogoutSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication person)
      throws IOException {
    if (person != null) {
      LOG.info("{} logged out", person.getName());
    }
    response.sendRedirect(request.getContextPath() + LogInPage.PATH + "?" + LogInPage.LOGGED_OUT);
  }

  /** A name that is no user's may be a password that was typed into the wrong field. */
  private String knownUser(HttpServletRequest request) {
    String name = request.getParameter(USER);
    return name != null && users.exists(name.strip()) ? name.strip() : "an unknown user";
  }
}
