package io.pgproof.web.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

/**
 * Leads a person who asks for a page without a log-in to the log-in, and answers 401 to what a
 * script asks for.
 */
final class LogInRequired implements AuthenticationEntryPoint {
  private static final String SCRIPTS = "/camunda/api/";

  @Override
  public void commence(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable AuthenticationException reason)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    if (isForPage(request)) {
      response.sendRedirect(
          request.getContextPath()
              + LogInPage.PATH
              + "?"
              + LogInPage.RETURN_TO
              + "="
              + URLEncoder.encode(addressOf(request), StandardCharsets.UTF_8));
    } else {
      response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
    }
  }

  private static boolean isForPage(HttpServletRequest request) {
    String accepted = request.getHeader("Accept");
    return request.getMethod().equals("GET")
        && accepted != null
        && accepted.contains("text/html")
        && !request.getRequestURI().startsWith(request.getContextPath() + SCRIPTS);
  }

  private static String addressOf(HttpServletRequest request) {
    String query = request.getQueryString();
    return request.getRequestURI() + (query == null ? "" : "?" + query);
  }
}
