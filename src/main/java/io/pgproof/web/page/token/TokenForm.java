package io.pgproof.web.page.token;

import io.pgproof.proof.Mistakes;
import io.pgproof.token.Scope;
import io.pgproof.token.TokenRequest;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a person fills in to create a token. */
record TokenForm(String name, List<String> scopes, String days) {
  static final TokenForm EMPTY =
      new TokenForm(
          "", List.of(Scope.READ.word()), String.valueOf(TokenRequest.DEFAULT_LIFETIME.toDays()));

  TokenForm {
    scopes = List.copyOf(scopes);
  }

  /**
   * Reads the form.
   *
   * @throws io.pgproof.proof.UsageException when a field is not what it must be
   */
  TokenRequest read(String user) {
    Mistakes mistakes = new Mistakes();
    SortedSet<Scope> known = new TreeSet<>();
    for (String scope : scopes) {
      if (Scope.words().contains(scope)) {
        known.add(Scope.of(scope));
      } else {
        mistakes.add(Mistakes.notAllowed("a scope", scope, String.join(", ", Scope.words())));
      }
    }
    long longest = TokenRequest.LONGEST_LIFETIME.toDays();
    int validFor = days.strip().matches("[0-9]{1,3}") ? Integer.parseInt(days.strip()) : 0;
    if (validFor < 1 || validFor > longest) {
      mistakes.add(Mistakes.notAllowed("the number of days", days, "1 to " + longest));
    }
    mistakes.throwIfAny("correct what is named and create the token again");
    return new TokenRequest(user, name, known, Duration.ofDays(validFor));
  }
}
