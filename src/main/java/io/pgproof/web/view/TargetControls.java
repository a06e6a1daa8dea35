package io.pgproof.web.view;

import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.LastControls;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.verify.Started;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Shows the negative controls of targets, and starts and cancels them in a person's name, by the
 * rules of {@link VerificationStart}.
 */
public final class TargetControls {
  private final CurrentConfiguration configuration;
  private final Controls controls;
  private final ControlHistory history;
  private final LastControls lastControls;

  TargetControls(
      CurrentConfiguration configuration,
      Controls controls,
      ControlHistory history,
      LastControls lastControls) {
    this.configuration = configuration;
    this.controls = controls;
    this.history = history;
    this.lastControls = lastControls;
  }

  /** Returns the controls of a target, the newest first. */
  public List<ControlStatus> latest(String target, int most) {
    return Stream.concat(controls.unfinished(target).stream(), lastControls.latest(target).stream())
        .distinct()
        .flatMap(control -> find(control).stream())
        .limit(most)
        .toList();
  }

  /** Returns how a control stands; empty if there is none with this id. */
  public Optional<ControlStatus> find(RunId control) {
    return history
        .asked(control)
        .map(
            asked ->
                new ControlStatus(
                    control, asked, history.ended(control), history.results(control)));
  }

  /**
   * Starts a control of a target, unless one is under way.
   *
   * @return that control; empty if the configuration has no such target
   * @throws VerificationStart.NotAllowedException when this person may not start one
   */
  public Optional<VerificationStart.Started> start(String target, Person person) {
    requireAllowed(person);
    return configuration.target(target).map(configured -> start(configured, person));
  }

  private VerificationStart.Started start(Target target, Person person) {
    Started control = controls.start(target.request(person.id()), Optional.empty());
    return new VerificationStart.Started(control.run(), control.started());
  }

  /**
   * Cancels the control of a target that is under way.
   *
   * @return whether there was one
   * @throws VerificationStart.NotAllowedException when this person may not cancel it
   */
  public boolean cancel(String target, Person person) {
    requireAllowed(person);
    Optional<RunId> control = controls.unfinished(target);
    control.ifPresent(id -> controls.withdraw(id, person.id()));
    return control.isPresent();
  }

  private static void requireAllowed(Person person) {
    if (!VerificationStart.isAllowed(person)) {
      throw new VerificationStart.NotAllowedException(person);
    }
  }
}
