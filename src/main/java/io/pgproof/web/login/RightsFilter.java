package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads a person's groups again, so that revoked rights end soon, and a deleted user's session. */
final class RightsFilter extends OncePerRequestFilter {
  static final Duration VALID = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(RightsFilter.class);

  private final EngineUsers users;
  private final SecurityContextRepository contexts;
  private final BoundedRecorder recorder;
  private final Clock clock;

  RightsFilter(
      EngineUsers users,
      SecurityContextRepository contexts,
      BoundedRecorder recorder,
      Clock clock) {
    this.users = users;
    this.contexts = contexts;
    this.recorder = recorder;
    this.clock = clock;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Person> person = LoggedIn.person();
    if (person.isPresent() && isOutdated(person.get())) {
      readAgain(person.get(), request, response);
    }
    chain.doFilter(request, response);
  }

  // A clock that was set back must not extend anybody's rights.
  private boolean isOutdated(Person person) {
    return Duration.between(person.readAt(), clock.instant()).abs().compareTo(VALID) >= 0;
  }

  private void readAgain(Person person, HttpServletRequest request, HttpServletResponse response) {
    Optional<Person> now = users.find(person.id());
    if (now.isEmpty()) {
      LOG.info("the session of {} ends because the user has been deleted", person.id());
      new SecurityContextLogoutHandler().logout(request, response, null);
      recorder.record(person.id(), ServerEvent.LoggedOut.DELETED);
      return;
    }
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(LoggedIn.as(now.get()));
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
  }
}
