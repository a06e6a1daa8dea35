package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.workflow.model.Groups;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import org.camunda.bpm.engine.IdentityService;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
@Profile("serve")
@EnableConfigurationProperties(OpenIdSettings.class)
class LogInConfiguration implements WebMvcConfigurer {
  private static final String ASSETS = LogInPage.PATH + "/assets/";

  /** Wrong passwords of one address, at once and then in each minute. */
  static final int ATTEMPTS = 20;

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
          + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler(ASSETS + "*")
        .addResourceLocations("classpath:/io/pgproof/web/login/assets/");
  }

  @Bean(LogInPage.PATH)
  LogInPage logInPage(OpenIdSettings openId) {
    return new LogInPage(openId.isOn() ? openId.label() : null);
  }

  /** Empty if no provider is named. */
  @Bean
  @ConditionalOnProperty("pgproof.oidc.issuer")
  JwtDecoderFactory<ClientRegistration> providersTokens() {
    return OpenIdProvider::decoder;
  }

  @Bean
  EngineUsers engineUsers(IdentityService identities, Clock clock) {
    return new EngineUsers(identities, clock);
  }

  /**
   * As a bean, it is the only provider: another one beside it would count a wrong password twice.
   */
  @Bean
  PasswordLogIn passwordLogIn(EngineUsers users) {
    return new PasswordLogIn(users);
  }

  @Bean
  AttemptLimit attemptLimit() {
    return new AttemptLimit(ATTEMPTS);
  }

  @Bean
  SecurityContextRepository securityContexts() {
    return new HttpSessionSecurityContextRepository();
  }

  @Bean
  SharedLogIn sharedLogIn(
      EngineUsers users,
      SecurityContextRepository contexts,
      BoundedRecorder recorder,
      Clock clock,
      OpenIdSettings openId) {
    return new SharedLogIn(
        contexts,
        new RightsFilter(users, contexts, recorder, clock, openId.validity()),
        new RefusalFilter(recorder));
  }

  /** Everything that has no chain of its own: deny by default. */
  @Bean
  SecurityFilterChain ownPages(
      HttpSecurity http,
      SharedLogIn shared,
      LogInPage page,
      EngineUsers users,
      AttemptLimit limit,
      BoundedRecorder recorder,
      OpenIdSettings openId,
      SecurityContextRepository contexts,
      Clock clock)
      throws Exception {
    shared.configure(http);
    LogInOutcome outcome = new LogInOutcome(page, limit, users, recorder);
    PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
    RequestMatcher attempt =
        new OrRequestMatcher(
            paths.matcher(HttpMethod.POST, LogInPage.PATH),
            paths.matcher(OpenIdProvider.START + "/*"));
    if (openId.isOn()) {
      OpenIdSettings checked = openId.checked();
      new OpenIdLogIn(checked, clock)
          .configure(http, new OpenIdOutcome(checked.label(), page, outcome, contexts, recorder));
    }
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD)
                    .permitAll()
                    .requestMatchers(LogInPage.PATH, ASSETS + "*", "/assets/*")
                    .permitAll()
                    .anyRequest()
                    .hasAnyAuthority(Groups.all().toArray(String[]::new)))
        .formLogin(
            form -> form.loginPage(LogInPage.PATH).successHandler(outcome).failureHandler(outcome))
        .addFilterAfter(new AttemptLimitFilter(limit, attempt, page, recorder), CsrfFilter.class)
        .logout(logout -> logout.logoutUrl(LogInPage.LOG_OUT).logoutSuccessHandler(outcome))
        .sessionManagement(session -> session.sessionFixation(fixation -> fixation.newSession()))
        .csrf(csrf -> csrf.csrfTokenRepository(tokens()))
        .exceptionHandling(handling -> handling.accessDeniedHandler(new OutdatedLogInPage()))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(
                        policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY))
                    .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)))
        .build();
  }

  // Camunda's pages have a cookie of the default name.
  private static CookieCsrfTokenRepository tokens() {
    CookieCsrfTokenRepository tokens = new CookieCsrfTokenRepository();
    tokens.setCookieName("PGPROOF-CSRF");
    tokens.setCookieCustomizer(cookie -> cookie.sameSite("Strict"));
    return tokens;
  }
}
