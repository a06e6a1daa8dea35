package io.pgproof.web.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

/** Keeps, while a person is at the provider, the address to which the log-in will lead. */
final class OpenIdRequests implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {
  /** Attribute of the request that comes back from the provider. */
  static final String RETURN_TO = OpenIdRequests.class.getName();

  private final HttpSessionOAuth2AuthorizationRequestRepository session =
      new HttpSessionOAuth2AuthorizationRequestRepository();

  @Override
  public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    return session.loadAuthorizationRequest(request);
  }

  @Override
  public void saveAuthorizationRequest(
      OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
    String to = LocalAddress.orFirstPage(request.getParameter(LogInPage.RETURN_TO));
    session.saveAuthorizationRequest(
        OAuth2AuthorizationRequest.from(begun)
            .attributes(attributes -> attributes.put(RETURN_TO, to))
            .build(),
        request,
        response);
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    OAuth2AuthorizationRequest begun = session.removeAuthorizationRequest(request, response);
    if (begun != null) {
      request.setAttribute(RETURN_TO, begun.getAttribute(RETURN_TO));
    }
    return begun;
  }
}
