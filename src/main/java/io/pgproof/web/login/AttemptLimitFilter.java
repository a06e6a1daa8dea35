package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
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
  private final BoundedRecorder recorder;

  AttemptLimitFilter(
      AttemptLimit limit, RequestMatcher logIn, LogInPage page, BoundedRecorder recorder) {
    this.limit = limit;
    this.logIn = logIn;
    this.page = page;
    this.recorder = recorder;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !logIn.matches(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String address = request.getRemoteAddr();
    Duration wait = limit.count(address);
    if (wait.isZero()) {
      chain.doFilter(request, response);
      return;
    }
    recorder.refusedStranger(
        AttemptLimit.network(address),
        new ServerEvent.LogInRefused(null, address, "too many attempts from the address"));
    long seconds = wait.plusSeconds(1).toSeconds();
    response.setStatus(429);
    response.setHeader("Retry-After", Long.toString(seconds));
    page.show(
        request,
        response,
        "Too many attempts from your address. Wait " + seconds + " s, then try again.");
  }
}
