package io.pgproof.web.api.call;

import io.pgproof.proof.RunId;
import io.pgproof.web.api.ProblemException;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.login.Person;
import io.pgproof.web.view.VerificationStart;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionTemplate;

/** Starts runs; the same request with the same key starts only one. */
final class RunStart {
  static final String KEY = "Idempotency-Key";

  private static final Pattern ALLOWED = Pattern.compile("[ -~]{1," + RequestKeys.LONGEST + "}");

  private final VerificationStart verificationStart;
  private final RequestKeys requestKeys;
  private final TransactionTemplate transactions;

  RunStart(
      VerificationStart verificationStart,
      RequestKeys requestKeys,
      TransactionTemplate transactions) {
    this.verificationStart = verificationStart;
    this.requestKeys = requestKeys;
    this.transactions = transactions;
  }

  RunId start(String target, Person person) {
    return verificationStart
        .start(target, person)
        .map(VerificationStart.Started::run)
        .orElseThrow(() -> Problems.noTarget(target));
  }

  /** Starts a run, or returns the one that was started with this key before. */
  RunId start(String target, Person person, String key) {
    if (!ALLOWED.matcher(key).matches()) {
      throw Problems.notAllowed(
          KEY, key, "1 to " + RequestKeys.LONGEST + " printable characters of ASCII");
    }
    return used(target, person, key).orElseGet(() -> startOnce(target, person, key));
  }

  private RunId startOnce(String target, Person person, String key) {
    try {
      return Objects.requireNonNull(
          transactions.execute(
              transaction -> {
                RunId run = start(target, person);
                requestKeys.keep(person.id(), key, new RequestKeys.Use(target, run));
                return run;
              }));
    } catch (DuplicateKeyException | ConcurrencyFailureException e) {
      // The same request was sent twice at once; the other one has started the run.
      return used(target, person, key).orElseThrow(() -> e);
    }
  }

  private Optional<RunId> used(String target, Person person, String key) {
    Optional<RequestKeys.Use> use = requestKeys.find(person.id(), key);
    use.filter(before -> !before.target().equals(target))
        .ifPresent(
            before -> {
              throw new ProblemException(
                  ProblemType.KEY_REUSED,
                  "the key was used to start run " + before.run() + " of " + before.target(),
                  "send a new " + KEY + " with each new request");
            });
    return use.map(RequestKeys.Use::run);
  }
}
