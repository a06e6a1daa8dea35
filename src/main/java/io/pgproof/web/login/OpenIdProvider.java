package io.pgproof.web.login;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.converter.ClaimTypeConverter;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * What pgproof knows of the provider. It is asked at the first log-in, not at the start: local
 * users can log in while the provider is down. Each request to it has a time limit.
 */
final class OpenIdProvider implements ClientRegistrationRepository {
  static final String ID = "oidc";
  static final String START = LogInPage.PATH + "/start";
  static final String RETURN = LogInPage.PATH + "/code";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final OpenIdSettings settings;
  private volatile @Nullable ClientRegistration discovered;

  OpenIdProvider(OpenIdSettings settings) {
    this.settings = settings;
  }

  /**
   * @throws RuntimeException if the provider does not say what it offers
   */
  @Override
  public @Nullable ClientRegistration findByRegistrationId(String id) {
    if (!id.equals(ID)) {
      return null;
    }
    ClientRegistration known = discovered;
    if (known == null) {
      known =
          ClientRegistrations.fromIssuerLocation(Objects.requireNonNull(settings.issuer()).strip())
              .registrationId(ID)
              .clientId(Objects.requireNonNull(settings.clientId()).strip())
              .clientName(settings.label())
              .scope(settings.scopes())
              .redirectUri("{baseUrl}" + RETURN + "/{registrationId}")
              .build();
      discovered = known;
    }
    // The secret may have been replaced.
    return ClientRegistration.withClientRegistration(known)
        .clientSecret(settings.readSecret())
        .build();
  }

  RestClientAuthorizationCodeTokenResponseClient tokens() {
    RestClientAuthorizationCodeTokenResponseClient client =
        new RestClientAuthorizationCodeTokenResponseClient();
    client.setRestClient(
        RestClient.builder()
            .requestFactory(requests())
            .messageConverters(
                converters -> {
                  converters.clear();
                  converters.add(new FormHttpMessageConverter());
                  converters.add(new OAuth2AccessTokenResponseHttpMessageConverter());
                })
            .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
            .build());
    return client;
  }

  DefaultOAuth2UserService userInfo() {
    RestTemplate rest = new RestTemplate(requests());
    rest.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
    DefaultOAuth2UserService service = new DefaultOAuth2UserService();
    service.setRestOperations(rest);
    return service;
  }

  /** Returns what checks the provider's word, with the keys that the provider has now. */
  static JwtDecoder decoder(ClientRegistration registration) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSetUri(registration.getProviderDetails().getJwkSetUri())
            .jwsAlgorithms(allowed -> allowed.addAll(Arrays.asList(SignatureAlgorithm.values())))
            .restOperations(new RestTemplate(requests()))
            .build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            new JwtTimestampValidator(), new OidcIdTokenValidator(registration)));
    decoder.setClaimSetConverter(
        new ClaimTypeConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverters()));
    return decoder;
  }

  private static SimpleClientHttpRequestFactory requests() {
    SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
    requests.setConnectTimeout(LIMIT);
    requests.setReadTimeout(LIMIT);
    return requests;
  }
}
