package io.pgproof.web.login;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses a log-in from an address that has tried too often. */
final class AttemptLimitFilter extends OncePerRequestFilter {
  private final AttemptLimit limit;
  private final RequestMatcher logIn;
  private final LogInPage page;

  AttemptLimitFilter(AttemptLimit limit, RequestMatcher logIn, LogInPage page) {
    this.limit = limit;
    this.logIn = logIn;
    this.page = page;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !logIn.matches(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Duration wait = limit.count(request.getRemoteAddr());
    if (wait.isZero()) {
      chain.doFilter(request, response);
      return;
    }
    long seconds = wait.plusSeconds(1).toSeconds();
    response.setStatus(429);
    response.setHeader("Retry-After", Long.toString(seconds));
    page.show(
        request,
        response,
        "Too many attempts from your address. Wait " + seconds + " s, then try again.");
  }
}
