package io.pgproof.web.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;

/** The log-in at an OpenID provider, by the code flow with PKCE. */
final class OpenIdLogIn {
  private static final Logger LOG = LoggerFactory.getLogger(OpenIdLogIn.class);

  private final OpenIdSettings settings;
  private final OpenIdProvider provider;
  private final Clock clock;

  OpenIdLogIn(OpenIdSettings settings, Clock clock) {
    this.settings = settings;
    this.provider = new OpenIdProvider(settings);
    this.clock = clock;
    try {
      settings
          .secretFile()
          .exposure()
          .ifPresent(
              exposure ->
                  LOG.warn(
                      "PGPROOF_OIDC_CLIENT_SECRET_FILE: {}. HINT: run chmod 600 on it, and replace the secret",
                      exposure));
    } catch (IOException e) {
      LOG.debug("the permissions of the client's secret are unknown", e);
    }
  }

  void configure(HttpSecurity http, OpenIdOutcome outcome) throws Exception {
    DefaultOAuth2AuthorizationRequestResolver resolver =
        new DefaultOAuth2AuthorizationRequestResolver(provider, OpenIdProvider.START);
    resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
    http.oauth2Login(
        logIn ->
            logIn
                .loginPage(LogInPage.PATH)
                .clientRegistrationRepository(provider)
                .authorizedClientRepository(new NothingKept())
                .authorizationEndpoint(
                    start ->
                        start
                            .authorizationRequestResolver(resolver)
                            .authorizationRequestRepository(new OpenIdRequests()))
                .redirectionEndpoint(back -> back.baseUri(OpenIdProvider.RETURN + "/*"))
                .tokenEndpoint(tokens -> tokens.accessTokenResponseClient(provider.tokens()))
                .userInfoEndpoint(
                    people -> people.oidcUserService(new OpenIdPeople(settings, provider, clock)))
                .successHandler(outcome)
                .failureHandler(outcome)
                .withObjectPostProcessor(
                    new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                      @Override
                      public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(
                          F filter) {
                        filter.setAuthenticationFailureHandler(outcome);
                        return filter;
                      }
                    }));
  }

  String label() {
    return settings.label();
  }

  /** The provider's tokens are of no use after the log-in. */
  private static final class NothingKept implements OAuth2AuthorizedClientRepository {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // As Spring declares it.
    public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(
        String id, Authentication person, HttpServletRequest request) {
      return null;
    }

    @Override
    public void saveAuthorizedClient(
        OAuth2AuthorizedClient client,
        Authentication person,
        HttpServletRequest request,
        HttpServletResponse response) {
      // Nothing is kept.
    }

    @Override
    public void removeAuthorizedClient(
        String id,
        Authentication person,
        HttpServletRequest request,
        HttpServletResponse response) {
      // Nothing is kept.
    }
  }
}
