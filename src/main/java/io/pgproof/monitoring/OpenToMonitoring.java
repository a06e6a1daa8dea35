package io.pgproof.monitoring;

import jakarta.servlet.DispatcherType;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.metrics.export.prometheus.PrometheusScrapeEndpoint;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.RequestCacheConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * The filter chain of the port for health and metrics: both are open to everybody who reaches the
 * port, nobody logs in there, and there is nothing else. It does not apply to the port of the
 * pages.
 */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class OpenToMonitoring {
  private static final String MANAGEMENT = "management";
  private static final int BEFORE_ALL_OTHERS = 0;

  @Bean
  @Order(BEFORE_ALL_OTHERS)
  SecurityFilterChain monitoringPort(HttpSecurity http) throws Exception {
    RequestMatcher port =
        request ->
            WebServerApplicationContext.hasServerNamespace(
                WebApplicationContextUtils.getWebApplicationContext(request.getServletContext()),
                MANAGEMENT);
    return http.securityMatcher(port)
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers(
                        EndpointRequest.to(HealthEndpoint.class, PrometheusScrapeEndpoint.class)
                            .withHttpMethod(HttpMethod.GET))
                    .permitAll()
                    .anyRequest()
                    .denyAll())
        .csrf(AbstractHttpConfigurer::disable)
        .requestCache(RequestCacheConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }
}
