package io.pgproof.web.login;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;

/** Logs in a user of the engine by password. */
final class PasswordLogIn implements AuthenticationProvider {
  private final EngineUsers users;

  PasswordLogIn(EngineUsers users) {
    this.users = users;
  }

  @Override
  public Authentication authenticate(Authentication given) {
    String id = given.getName();
    if (id.isBlank()
        || !(given.getCredentials() instanceof String password)
        || password.isEmpty()
        || !users.isPassword(id, password)) {
      throw new BadCredentialsException("wrong user name or password");
    }
    return users
        .find(id)
        .map(LoggedIn::as)
        .orElseThrow(() -> new BadCredentialsException("the user has been deleted"));
  }

  @Override
  public boolean supports(Class<?> type) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
  }
}
