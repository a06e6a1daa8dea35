package io.pgproof.web.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.pgproof.limit.RateLimit;
import io.pgproof.token.Tokens;
import io.pgproof.web.login.EngineUsers;
import io.pgproof.workflow.model.Groups;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.autoconfigure.jackson.Jackson2ObjectMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The filter chain of the API: a token with each call, no session, and no cookie that counts. So a
 * page that a browser was lured to cannot call it, and it needs no token against forged requests.
 */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class ApiSecurity implements WebMvcConfigurer {
  /** Calls with one token, at once and then in each minute. */
  static final int CALLS = 600;

  private static final int TOKENS = 10_000;
  private static final String POLICY = "default-src 'none'; frame-ancestors 'none'";

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new ScopeInterceptor()).addPathPatterns("/api/**");
    registry.addInterceptor(new ParameterInterceptor()).addPathPatterns("/api/**");
  }

  /** A number is no text; Spring's own settings cover all other types. */
  @Bean
  Jackson2ObjectMapperBuilderCustomizer textIsText() {
    return builder ->
        builder.postConfigurer(
            json ->
                List.of(
                        CoercionInputShape.Integer,
                        CoercionInputShape.Float,
                        CoercionInputShape.Boolean)
                    .forEach(
                        shape ->
                            json.coercionConfigFor(LogicalType.Textual)
                                .setCoercion(shape, CoercionAction.Fail)));
  }

  @Bean
  ProblemWriter problemWriter(ObjectMapper json) {
    return new ProblemWriter(json);
  }

  @Bean
  ProblemResolver problemResolver(ProblemWriter problems) {
    return new ProblemResolver(problems);
  }

  // The bean name is the path.
  @Bean(ApiPaths.OPEN_API)
  OpenApiDocument openApiDocument() {
    return new OpenApiDocument();
  }

  @Bean
  @Order(0)
  SecurityFilterChain api(
      HttpSecurity http, Tokens tokens, EngineUsers users, Clock clock, ProblemWriter problems)
      throws Exception {
    SecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();
    TokenFilter filter =
        new TokenFilter(
            new TokenCheck(tokens, users, clock),
            new RateLimit(CALLS, Duration.ofMinutes(1), TOKENS),
            contexts,
            problems);
    return http.securityMatcher(ApiSecurity::isCall)
        .securityContext(context -> context.securityContextRepository(contexts))
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(filter, AuthorizationFilter.class)
        .authorizeHttpRequests(
            requests -> requests.anyRequest().hasAnyAuthority(Groups.all().toArray(String[]::new)))
        .exceptionHandling(handling -> handling.accessDeniedHandler(noGroup(problems)))
        .anonymous(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .csrf(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .headers(
            headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(POLICY)))
        .build();
  }

  /** A person who reads the contract in the browser is logged in, or is led to the log-in. */
  private static boolean isCall(HttpServletRequest request) {
    return ApiPaths.contain(request)
        && !(ApiPaths.isOpenApi(request)
            && request.getHeader(HttpHeaders.AUTHORIZATION) == null
            && isFromBrowser(request));
  }

  private static boolean isFromBrowser(HttpServletRequest request) {
    String accepted = request.getHeader(HttpHeaders.ACCEPT);
    return request.getRequestedSessionId() != null
        || (accepted != null && accepted.contains("text/html"));
  }

  private static AccessDeniedHandler noGroup(ProblemWriter problems) {
    return (request, response, denied) ->
        problems.write(
            response,
            new ProblemException(
                ProblemType.GROUP_MISSING,
                request.getUserPrincipal().getName() + " is in none of the groups " + Groups.all(),
                "an administrator can add the user to a group in Admin"));
  }
}
