package io.pgproof.web.login;

import java.util.Set;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/** A person for whom the provider vouched, until the log-in has ended. */
final class OpenIdUser extends DefaultOidcUser {
  private static final long serialVersionUID = 1L;

  private final transient Person person;

  OpenIdUser(OidcUser user, Person person) {
    super(Set.of(), user.getIdToken(), user.getUserInfo());
    this.person = person;
  }

  Person person() {
    return person;
  }
}
