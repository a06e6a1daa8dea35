package io.pgproof.web.login;

import java.util.List;
import java.util.Optional;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who is logged in, as Spring Security carries it with a request. */
public final class LoggedIn {
  private LoggedIn() {}

  /** Returns who sent the request that this thread answers; empty if nobody is logged in. */
  public static Optional<Person> person() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication != null && authentication.getPrincipal() instanceof Person person
        ? Optional.of(person)
        : Optional.empty();
  }

  static Authentication as(Person person) {
    List<SimpleGrantedAuthority> authorities =
        person.groups().stream().map(SimpleGrantedAuthority::new).toList();
    return UsernamePasswordAuthenticationToken.authenticated(person, null, authorities);
  }
}
