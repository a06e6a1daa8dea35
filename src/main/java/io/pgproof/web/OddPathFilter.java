package io.pgproof.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a path that the servlet container and the login rules would read differently.
 *
 * <p>The container removes {@code ;parameters}, decodes {@code %61}, merges {@code //} and resolves
 * {@code ..} before it chooses the handler. Camunda's rules match the path as it was sent, and
 * allow every path that no rule names.
 */
final class OddPathFilter extends OncePerRequestFilter {
  private static final Pattern ODD =
      Pattern.compile(
          "[;\\\\]|//|/(\\.|%2[eE]){1,2}(/|$)|^/[^/]*%|^/[^/]+/[^/]*%|^/camunda/[^/]+/[^/]*%");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Camunda sets its own headers only below /camunda.
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
