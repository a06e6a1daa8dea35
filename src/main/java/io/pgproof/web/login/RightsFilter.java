package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.PersonIds;
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
  private final Duration providersWord;

  /**
   * @param providersWord how long after a log-in the word of an OpenID provider counts
   */
  RightsFilter(
      EngineUsers users,
      SecurityContextRepository contexts,
      BoundedRecorder recorder,
      Clock clock,
      Duration providersWord) {
    this.users = users;
    this.contexts = contexts;
    this.recorder = recorder;
    this.clock = clock;
    this.providersWord = providersWord;
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
    Duration valid = PersonIds.isOfProvider(person.id()) ? providersWord : VALID;
    return Duration.between(person.readAt(), clock.instant()).abs().compareTo(valid) >= 0;
  }

  private void readAgain(Person person, HttpServletRequest request, HttpServletResponse response) {
    // Only the provider knows the groups of its people, and it is asked at the log-in.
    boolean ofProvider = PersonIds.isOfProvider(person.id());
    Optional<Person> now = ofProvider ? Optional.empty() : users.find(person.id());
    if (now.isEmpty()) {
      ServerEvent.LoggedOut because =
          ofProvider ? ServerEvent.LoggedOut.TOO_OLD : ServerEvent.LoggedOut.DELETED;
      LOG.info("the session of {} ends because {}", person.id(), because.because());
      new SecurityContextLogoutHandler().logout(request, response, null);
      recorder.record(person.id(), because);
      return;
    }
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(LoggedIn.as(now.get()));
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
  }
}
