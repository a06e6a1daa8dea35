package io.pgproof.web.cockpit;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.web.login.SharedLogIn;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.ProcessEngine;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The filter chain of Camunda's web applications, whose own filters come after it: they check the
 * token against forged requests, the access rules and set the headers of their pages.
 */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class CockpitSecurity {
  /** The path of a request as the servlet container read it. */
  private static final Pattern PATHS = Pattern.compile("/camunda(/.*)?");

  /** Camunda's own log-in, which would check passwords beside the one log-in. */
  private static final Pattern OWN_LOG_IN =
      Pattern.compile("/camunda/api/admin/auth/user/[^/]+/login(/.*)?");

  @Bean
  EngineLogIn engineLogIn(ProcessEngine engine) {
    return new EngineLogIn(engine);
  }

  @Bean
  @Order(1)
  SecurityFilterChain webApplications(
      HttpSecurity http, SharedLogIn shared, EngineLogIn engine, BoundedRecorder recorder)
      throws Exception {
    shared.configure(http);
    return http.securityMatcher(matching(PATHS))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(matching(OWN_LOG_IN))
                    .denyAll()
                    .anyRequest()
                    .authenticated())
        .addFilterAfter(new EngineLogInFilter(engine, recorder), AuthorizationFilter.class)
        .addFilterAfter(new OwnProfileFilter(), EngineLogInFilter.class)
        .csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .headers(
            headers ->
                headers
                    .defaultsDisabled()
                    .httpStrictTransportSecurity(
                        Customizer.<HeadersConfigurer<HttpSecurity>.HstsConfig>withDefaults()))
        .build();
  }

  // Spring's own patterns leave out the part of the path that maps to a servlet of Camunda's.
  private static RequestMatcher matching(Pattern path) {
    return request -> path.matcher(pathOf(request)).matches();
  }

  static String pathOf(HttpServletRequest request) {
    return request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
  }
}
