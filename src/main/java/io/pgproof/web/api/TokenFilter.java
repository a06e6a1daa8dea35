package io.pgproof.web.api;

import io.pgproof.limit.RateLimit;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets a call pass only with a valid token. It reads no cookie. */
final class TokenFilter extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(TokenFilter.class);

  private final TokenCheck tokenCheck;
  private final RateLimit rateLimit;
  private final SecurityContextRepository contexts;
  private final ProblemWriter problems;

  /**
   * @param rateLimit how often one token may be used
   */
  TokenFilter(
      TokenCheck tokenCheck,
      RateLimit rateLimit,
      SecurityContextRepository contexts,
      ProblemWriter problems) {
    this.tokenCheck = tokenCheck;
    this.rateLimit = rateLimit;
    this.contexts = contexts;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      TokenAuthentication caller = tokenCheck.check(request);
      Duration pause = rateLimit.count(caller.token().id());
      if (!pause.isZero()) {
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(pause.toSeconds() + 1));
        problems.write(
            response,
            new ProblemException(
                ProblemType.TOO_MANY_REQUESTS,
                "token " + caller.token().id() + " was used too often",
                "wait as many seconds as the header Retry-After says"));
        return;
      }
      SecurityContext context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(caller);
      SecurityContextHolder.setContext(context);
      contexts.saveContext(context, request, response);
    } catch (ProblemException e) {
      refuse(request, response, e);
      return;
    } catch (RuntimeException e) {
      // Such as a database that does not answer.
      problems.write(response, ProblemResolver.failed(request, e));
      return;
    }
    chain.doFilter(request, response);
  }

  private void refuse(
      HttpServletRequest request, HttpServletResponse response, ProblemException problem)
      throws IOException {
    String challenge = "Bearer realm=\"pgproof\"";
    if (problem.type() == ProblemType.TOKEN_REFUSED) {
      LOG.info("refused a call from {}: {}", request.getRemoteAddr(), problem.getMessage());
      challenge += ", error=\"invalid_token\"";
    }
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
    problems.write(response, problem);
  }
}
