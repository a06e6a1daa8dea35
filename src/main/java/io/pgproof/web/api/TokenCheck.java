package io.pgproof.web.api;

import io.pgproof.token.Token;
import io.pgproof.token.TokenSecret;
import io.pgproof.token.Tokens;
import io.pgproof.web.login.EngineUsers;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** Finds out in whose name a call is made. */
final class TokenCheck {
  private static final Pattern BEARER = Pattern.compile("(?i)bearer +([!-~]+) *");
  private static final String CREATE =
      "create a token on the page Tokens, or with the command token create";

  private final Tokens tokens;
  private final EngineUsers users;
  private final Clock clock;

  TokenCheck(Tokens tokens, EngineUsers users, Clock clock) {
    this.tokens = tokens;
    this.users = users;
    this.clock = clock;
  }

  /**
   * Returns the caller, with the groups of this moment.
   *
   * @throws ProblemException when the call has no token, or none that is valid
   */
  TokenAuthentication check(HttpServletRequest request) {
    Token token = tokens.find(secret(request)).orElseThrow(() -> refused("is unknown", CREATE));
    switch (token.state(clock.instant())) {
      case REVOKED -> throw refused(token.id() + " was revoked", CREATE);
      case EXPIRED -> throw refused(token.id() + " expired at " + token.expiresAt(), CREATE);
      case VALID -> {}
    }
    TokenAuthentication caller =
        users
            .find(token.user())
            .map(person -> new TokenAuthentication(person, token))
            .orElseThrow(
                () ->
                    refused(
                        token.id() + " belongs to " + token.user() + ", who is no user any more",
                        "use the token of another user"));
    tokens.recordUse(token, request.getRemoteAddr());
    return caller;
  }

  private static TokenSecret secret(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
    if (headers.isEmpty()) {
      throw new ProblemException(
          ProblemType.TOKEN_MISSING,
          "the call has no header Authorization; the log-in of the pages is not valid here",
          "send the header 'Authorization: Bearer " + TokenSecret.PREFIX + "...'; " + CREATE);
    }
    Matcher bearer = BEARER.matcher(headers.get(0));
    Optional<TokenSecret> secret =
        headers.size() == 1 && bearer.matches()
            ? TokenSecret.parse(bearer.group(1))
            : Optional.empty();
    return secret.orElseThrow(
        () ->
            refused(
                "is not a token of pgproof, or was not copied completely",
                "send the header once, as 'Authorization: Bearer "
                    + TokenSecret.PREFIX
                    + "...', with the whole token"));
  }

  private static ProblemException refused(String why, String hint) {
    return new ProblemException(ProblemType.TOKEN_REFUSED, "the token " + why, hint);
  }
}
