package io.pgproof.web.login;

import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.RequestCacheConfigurer;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.context.SecurityContextRepository;

/** What all filter chains have in common, so that one log-in is valid for all pages. */
public final class SharedLogIn {
  private final SecurityContextRepository contexts;
  private final RightsFilter rights;
  private final RefusalFilter refusals;

  SharedLogIn(SecurityContextRepository contexts, RightsFilter rights, RefusalFilter refusals) {
    this.contexts = contexts;
    this.rights = rights;
    this.refusals = refusals;
  }

  /** Lets this chain read who is logged in, and lead everybody else to the log-in. */
  public void configure(HttpSecurity http) throws Exception {
    http.securityContext(context -> context.securityContextRepository(contexts))
        .addFilterAfter(rights, SecurityContextHolderFilter.class)
        .addFilterAfter(refusals, RightsFilter.class)
        .exceptionHandling(handling -> handling.authenticationEntryPoint(new LogInRequired()))
        // The address asked for is a parameter of the log-in, so strangers need no session.
        .requestCache(RequestCacheConfigurer::disable);
  }
}
