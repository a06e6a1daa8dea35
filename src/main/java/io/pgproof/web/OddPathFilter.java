package io.pgproof.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a path that the servlet container and the log-in's rules would read differently.
 *
 * <p>The container drops {@code ;parameters}, decodes {@code %61}, folds {@code //} and follows
 * {@code ..} before it chooses who answers. Camunda's rules match the path as it was sent, and let
 * pass what no rule names.
 */
final class OddPathFilter extends OncePerRequestFilter {
  private static final Pattern ODD =
      Pattern.compile("[;\\\\]|//|/(\\.|%2[eE]){1,2}(/|$)|^/[^/]*%|^/[^/]+/[^/]*%");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Camunda sets its own headers below /camunda only.
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "same-origin");
    if (isOdd(request.getRequestURI())) {
      response.sendError(HttpServletResponse.SC_BAD_REQUEST);
    } else {
      chain.doFilter(request, response);
    }
  }

  static boolean isOdd(String path) {
    return ODD.matcher(path).find();
  }
}
