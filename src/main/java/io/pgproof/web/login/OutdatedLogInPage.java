package io.pgproof.web.login;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;

/**
 * Shows the log-in again if its form was sent with an old token, such as from a second tab, and
 * answers 403 to every other request that is denied.
 */
final class OutdatedLogInPage implements AccessDeniedHandler {
  private final AccessDeniedHandler others = new AccessDeniedHandlerImpl();

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException reason)
      throws IOException, ServletException {
    if (request.getServletPath().equals(LogInPage.PATH)) {
      response.sendRedirect(request.getContextPath() + LogInPage.PATH + "?" + LogInPage.OUTDATED);
    } else {
      others.handle(request, response, reason);
    }
  }
}
