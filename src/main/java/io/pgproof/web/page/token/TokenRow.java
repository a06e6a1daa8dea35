package io.pgproof.web.page.token;

import io.pgproof.token.Scope;
import io.pgproof.token.Token;
import io.pgproof.web.page.Moment;
import io.pgproof.web.page.Sign;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A token as the page lists it.
 *
 * @param lastUse {@code null} if it was never used
 * @param lastUsedFrom address of the last caller; {@code null} if it was never used
 * @param revokedBy {@code null} if it was not revoked
 * @param valid whether it can be revoked
 */
record TokenRow(
    String id,
    String name,
    String user,
    String scopes,
    Sign sign,
    String createdBy,
    Moment createdAt,
    Moment expiresAt,
    @Nullable Moment lastUse,
    @Nullable String lastUsedFrom,
    @Nullable String revokedBy,
    boolean valid) {

  static TokenRow of(Token token, Instant now) {
    Token.State state = token.state(now);
    return new TokenRow(
        token.id(),
        token.name(),
        token.user(),
        token.scopes().stream().map(Scope::word).collect(Collectors.joining(", ")),
        sign(state),
        token.created().by(),
        Moment.of(token.created().at()),
        Moment.of(token.expiresAt()),
        token.lastUse().map(Token.Use::at).map(Moment::of).orElse(null),
        token.lastUse().map(Token.Use::from).orElse(null),
        token.revocation().map(Token.Act::by).orElse(null),
        state == Token.State.VALID);
  }

  private static Sign sign(Token.State state) {
    return switch (state) {
      case VALID -> new Sign("proven", "valid");
      case EXPIRED -> new Sign("idle", "expired");
      case REVOKED -> new Sign("idle", "revoked");
    };
  }
}
