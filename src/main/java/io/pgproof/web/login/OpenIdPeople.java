package io.pgproof.web.login;

import io.pgproof.evidence.PersonIds;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/** Makes a person of what the provider says about somebody. */
final class OpenIdPeople implements OAuth2UserService<OidcUserRequest, OidcUser> {
  /** Code of the refusal of a person in no group; its description is the person's id. */
  static final String NO_GROUP = "no_group";

  private static final int LONGEST_NAME = 100;

  private final OpenIdSettings settings;
  private final OAuth2UserService<OidcUserRequest, OidcUser> provider;
  private final Clock clock;

  OpenIdPeople(OpenIdSettings settings, OpenIdProvider provider, Clock clock) {
    OidcUserService service = new OidcUserService();
    service.setOauth2UserService(provider.userInfo());
    this.settings = settings;
    this.provider = service;
    this.clock = clock;
  }

  /**
   * @throws OAuth2AuthenticationException with {@link #NO_GROUP} if no group of the person leads to
   *     one of pgproof
   */
  @Override
  public OidcUser loadUser(OidcUserRequest request) {
    OidcUser user = provider.loadUser(request);
    Map<String, Object> claims = user.getClaims();
    String userName = text(claims.get(settings.userNameClaim()), user.getSubject());
    String id = PersonIds.of(user.getIssuer().toString(), user.getSubject(), userName);
    SortedSet<String> groups = groups(values(claims, settings.groupsClaim()));
    if (groups.isEmpty()) {
      throw new OAuth2AuthenticationException(new OAuth2Error(NO_GROUP, id, null));
    }
    String displayName = text(claims.get(settings.displayNameClaim()), userName);
    return new OpenIdUser(user, new Person(id, displayName, groups, clock.instant()));
  }

  private SortedSet<String> groups(Set<String> atProvider) {
    return settings.groups().entrySet().stream()
        .filter(group -> group.getValue().stream().anyMatch(atProvider::contains))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the values of a claim: a list or a single text, also within objects. */
  static Set<String> values(Map<?, ?> claims, String path) {
    Object found = claims.get(path);
    int dot = path.indexOf('.');
    if (found == null && dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
      return values(inner, path.substring(dot + 1));
    }
    if (found instanceof Collection<?> list) {
      return list.stream().map(String::valueOf).collect(Collectors.toSet());
    }
    return found == null ? Set.of() : Set.of(found.toString());
  }

  private static String text(@Nullable Object claim, String otherwise) {
    String plain =
        claim == null ? "" : claim.toString().replaceAll("[\\p{Cntrl}\\p{Cf}]", "").strip();
    return plain.isEmpty() ? otherwise : plain.substring(0, Math.min(plain.length(), LONGEST_NAME));
  }
}
