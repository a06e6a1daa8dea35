package io.pgproof.web.view;

import io.pgproof.audit.OneStateDirectory;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.verify.Verifications;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Starts verifications of targets in a person's name: the evidence names the person, who can then
 * neither accept nor dismiss what the run finds.
 */
public final class VerificationStart {
  private static final List<String> GROUPS =
      List.of(Groups.OPERATORS, Groups.APPROVERS, Groups.ADMINISTRATORS);

  private final CurrentConfiguration configuration;
  private final Verifications verifications;
  private final TransactionTemplate transactions;
  private final DataSource database;

  VerificationStart(
      CurrentConfiguration configuration,
      Verifications verifications,
      TransactionTemplate transactions,
      DataSource database) {
    this.configuration = configuration;
    this.verifications = verifications;
    this.transactions = transactions;
    this.database = database;
  }

  /** The person is in no group that may start and cancel verifications. */
  public static final class NotAllowedException extends RuntimeException {
    NotAllowedException(Person person) {
      super(
          person.id() + " is in none of the groups that start and cancel verifications: " + GROUPS);
    }
  }

  /**
   * The run of a target.
   *
   * @param started whether it was started for this person; otherwise it was under way before
   */
  public record Started(RunId run, boolean started) {}

  /** Returns whether this person may start verifications. */
  public static boolean isAllowed(Person person) {
    return GROUPS.stream().anyMatch(person::isIn);
  }

  /**
   * Starts a verification of a target, unless one is under way.
   *
   * @return empty if the configuration has no such target
   * @throws NotAllowedException when this person may not start one
   */
  public Optional<Started> start(String target, Person person) {
    if (!isAllowed(person)) {
      throw new NotAllowedException(person);
    }
    return configuration.target(target).map(configured -> start(configured, person));
  }

  private Started start(Target target, Person person) {
    return Objects.requireNonNull(
        transactions.execute(
            transaction -> {
              // Two people, or a person and a program, may start the same target at once.
              OneStateDirectory.lock(database);
              return verifications
                  .unfinished(target.name(), null)
                  .map(run -> new Started(run, false))
                  .orElseGet(
                      () ->
                          new Started(
                              verifications.beginUnseen(
                                  target.request(person.id()), null, Optional.empty()),
                              true));
            }));
  }
}
