package io.pgproof.web.view;

import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.verify.Verifications;
import java.util.List;
import java.util.Optional;

/**
 * Starts verifications of targets in a person's name: the evidence names the person, who can then
 * neither accept nor dismiss what the run finds.
 */
public final class VerificationStart {
  private static final List<String> GROUPS =
      List.of(Groups.OPERATORS, Groups.APPROVERS, Groups.ADMINISTRATORS);

  private final CurrentConfiguration configuration;
  private final Verifications verifications;

  VerificationStart(CurrentConfiguration configuration, Verifications verifications) {
    this.configuration = configuration;
    this.verifications = verifications;
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
    return configuration
        .target(target)
        .map(
            configured ->
                verifications
                    .unfinished(target, null)
                    .map(run -> new Started(run, false))
                    .orElseGet(
                        () ->
                            new Started(
                                verifications.beginUnseen(
                                    configured.request(person.id()), null, Optional.empty()),
                                true)));
  }
}
