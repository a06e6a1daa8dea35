package io.pgproof.web.cockpit;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.web.login.LoggedIn;
import io.pgproof.web.login.Person;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.webapp.impl.security.auth.AuthenticationUtil;
import org.camunda.bpm.webapp.impl.security.auth.Authentications;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives Camunda's web applications the person who is logged in, before their own filters ask for
 * one. Their log-out ends the session.
 *
 * <p>Camunda's {@code ContainerBasedAuthenticationFilter} does not do: it refuses people who are no
 * users of the engine, keeps the groups of the first request, and its cache reads the engine's.
 */
final class EngineLogInFilter extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(EngineLogInFilter.class);
  private static final String LOG_OUT =
      "/camunda/api/admin/auth/user/" + ProcessEngines.NAME_DEFAULT + "/logout";

  /** Attribute of the session: the person whom Camunda has been given. */
  private static final String GIVEN = EngineLogInFilter.class.getName();

  private final EngineLogIn engine;
  private final BoundedRecorder recorder;

  EngineLogInFilter(EngineLogIn engine, BoundedRecorder recorder) {
    this.engine = engine;
    this.recorder = recorder;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Person person =
        LoggedIn.person()
            .orElseThrow(() -> new IllegalStateException("a request without a log-in came here"));
    give(person, request.getSession());
    chain.doFilter(request, response);
    if (isLogOut(request) && HttpStatus.valueOf(response.getStatus()).is2xxSuccessful()) {
      LOG.info("{} logged out", person.id());
      new SecurityContextLogoutHandler().logout(request, response, null);
      recorder.record(person.id(), ServerEvent.LoggedOut.BY_PERSON);
    }
  }

  /** The person is another one, too, when the groups have been read again. */
  private void give(Person person, HttpSession session) {
    Authentications given = AuthenticationUtil.getAuthsFromSession(session);
    if (!person.equals(session.getAttribute(GIVEN))
        || !given.hasAuthenticationForProcessEngine(ProcessEngines.NAME_DEFAULT)) {
      given.addOrReplace(engine.of(person));
      session.setAttribute(GIVEN, person);
    }
  }

  private static boolean isLogOut(HttpServletRequest request) {
    return request.getMethod().equals(HttpMethod.POST.name())
        && request.getRequestURI().equals(request.getContextPath() + LOG_OUT);
  }
}
