package io.pgproof.daemon;

import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.token.TokenRequest;
import io.pgproof.token.TokenUsers;
import io.pgproof.token.Tokens;

/** Creates, lists and revokes tokens for root, who may do so for every user. */
final class TokenHandler {
  private final Tokens tokens;
  private final TokenUsers users;

  TokenHandler(Tokens tokens, TokenUsers users) {
    this.tokens = tokens;
    this.users = users;
  }

  Reply list() {
    return new Reply.Tokens(tokens.all());
  }

  Reply create(Request.CreateToken request) {
    TokenRequest wanted = request.token();
    if (!users.exists(wanted.user())) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "there is no user " + wanted.user(),
          "create the user in Admin, see docs/server.md");
    }
    Tokens.Created created = tokens.create(wanted, request.by());
    return new Reply.TokenCreated(created.token(), created.secret().reveal());
  }

  Reply revoke(Request.RevokeToken request) {
    String id = request.id();
    if (tokens.revoke(id, request.by()).isEmpty()) {
      throw new UsageException(
          Reason.BAD_OPTION,
          tokens.find(id).isPresent()
              ? "token " + id + " was already revoked"
              : "there is no token " + id,
          "see " + Launcher.COMMAND + " token list for the ids of tokens");
    }
    return new Reply.Done("token " + id + " revoked");
  }
}
