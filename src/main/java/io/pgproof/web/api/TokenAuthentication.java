package io.pgproof.web.api;

import io.pgproof.token.Token;
import io.pgproof.web.login.Person;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** A call in the name of a person, with the groups of this moment, narrowed by a token. */
final class TokenAuthentication extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private final transient Person person;
  private final transient Token token;

  TokenAuthentication(Person person, Token token) {
    super(person.groups().stream().map(SimpleGrantedAuthority::new).toList());
    this.person = person;
    this.token = token;
    setAuthenticated(true);
  }

  Token token() {
    return token;
  }

  @Override
  public Person getPrincipal() {
    return person;
  }

  @Override
  public @Nullable Object getCredentials() {
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenAuthentication another
        && person.equals(another.person)
        && token.equals(another.token);
  }

  @Override
  public int hashCode() {
    return Objects.hash(person, token);
  }
}
