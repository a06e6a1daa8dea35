package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.logout.LogoutSuccessHandler;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;

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
  private final BoundedRecorder recorder;

  LogInOutcome(LogInPage page, AttemptLimit limit, EngineUsers users, BoundedRecorder recorder) {
    this.page = page;
    this.limit = limit;
    this.users = users;
    this.recorder = recorder;
  }

  /** Nobody enters unrecorded. */
  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication authentication)
      throws IOException {
    enter(
        request,
        response,
        (Person) authentication.getPrincipal(),
        null,
        request.getParameter(LogInPage.RETURN_TO));
  }

  /**
   * Records who entered, and leads to the address that was asked for.
   *
   * @param provider who vouched for the person; null for a password
   */
  void enter(
      HttpServletRequest request,
      HttpServletResponse response,
      Person person,
      ServerEvent.LoggedIn.@Nullable OpenId provider,
      @Nullable String to)
      throws IOException {
    String address = request.getRemoteAddr();
    try {
      recorder.record(
          person.id(),
          new ServerEvent.LoggedIn(
              person.displayName(),
              List.copyOf(person.groups()),
              address,
              provider == null ? ServerEvent.LoggedIn.PASSWORD : ServerEvent.LoggedIn.OPENID,
              provider));
    } catch (RuntimeException e) {
      new SecurityContextLogoutHandler().logout(request, response, null);
      throw e;
    }
    limit.takeBack(address);
    LOG.info("{} logged in from {}", person.id(), address);
    response.sendRedirect(request.getContextPath() + LocalAddress.orFirstPage(to));
  }

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    String address = request.getRemoteAddr();
    Optional<String> user = knownUser(request);
    LOG.info("a log-in as {} from {} was refused", user.orElse("an unknown user"), address);
    recorder.refusedStranger(
        AttemptLimit.network(address),
        new ServerEvent.LogInRefused(
            user.orElse(null),
            address,
            user.isPresent() ? "wrong password, or too soon after one" : "unknown user"));
    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    page.show(request, response, REFUSED);
  }

  @Override
  public void onLogoutSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication person)
      throws IOException {
    if (person != null) {
      LOG.info("{} logged out", person.getName());
      recorder.record(person.getName(), ServerEvent.LoggedOut.BY_PERSON);
    }
    response.sendRedirect(request.getContextPath() + LogInPage.PATH + "?" + LogInPage.LOGGED_OUT);
  }

  /** A name that is no user's may be a password that was typed into the wrong field. */
  private Optional<String> knownUser(HttpServletRequest request) {
    return Optional.ofNullable(request.getParameter(USER))
        .map(String::strip)
        .filter(name -> !name.isEmpty() && users.exists(name));
  }
}
