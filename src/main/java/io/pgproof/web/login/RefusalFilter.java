package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;

/** Records each request of a person that is answered with 403. */
final class RefusalFilter extends OncePerRequestFilter {
  private static final int LONGEST = 200;

  private final BoundedRecorder recorder;

  RefusalFilter(BoundedRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Person> person = LoggedIn.person();
    chain.doFilter(request, response);
    if (response.getStatus() == HttpServletResponse.SC_FORBIDDEN) {
      person.ifPresent(
          known ->
              recorder.refused(
                  known.id(),
                  new ServerEvent.RequestRefused(describe(request), "no right to it (403)")));
    }
  }

  private static String describe(HttpServletRequest request) {
    String text = request.getMethod() + " " + request.getRequestURI();
    return text.substring(0, Math.min(text.length(), LONGEST));
  }
}
