package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.Waivers;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.PersonIds;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.decide.DecisionRefusedException.Why;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.ArrayList;
import java.util.List;

/**
 * Requires that the person who accepts or dismisses a bad backup had no part in it before, and that
 * the person who signs the results of a period decided about no run since it began.
 *
 * <p>Everything is read from the evidence log, because a person who completes a task may have set
 * any variable.
 */
public final class FourEyesRule {
  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final Waivers waivers;
  private final PersonIds personIds;

  public FourEyesRule(
      EvidenceLog evidenceLog, RunRequests runRequests, Waivers waivers, PersonIds personIds) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.waivers = waivers;
    this.personIds = personIds;
  }

  /**
   * Checks that this person had no part in the run.
   *
   * @throws DecisionDeniedException when this person may not accept that the run's backup is stale
   */
  void checkAccept(RunId run, String person) {
    refuse(person, askers(run), "accept", "let another operator decide, or escalate");
  }

  /**
   * Checks that this person had no part in the run, its review, or a waiver of its backup.
   *
   * @throws DecisionDeniedException when this person may not dismiss what the run found
   */
  void checkDismiss(RunId run, String person) {
    List<Part> parts = askers(run);
    for (EvidenceEntry decided : evidenceLog.of(run, Evidence.kind(Evidence.Decided.class))) {
      if (((Evidence.Decided) Evidence.read(decided))
          .task()
          .equals(VerifyBackup.Task.REVIEW_STALE_BACKUP)) {
        parts.add(new Part(decided.actor(), "decided the review of run " + run));
      }
    }
    runRequests.identity(run).stream()
        .flatMap(backup -> waivers.of(backup).stream())
        .forEach(
            waiver ->
                parts.add(
                    new Part(waiver.grantedBy(), "accepted this backup in run " + waiver.run())));
    refuse(person, parts, "dismiss", "let another approver decide, or verify again");
  }

  /**
   * Checks that this person decided about no run since the period began. A run at the end of the
   * period is decided after it.
   *
   * @throws DecisionDeniedException when this person may not sign the results of the period
   */
  public void checkSign(DayPeriod period, String person) {
    List<Part> parts =
        evidenceLog.since(Evidence.kind(Evidence.Decided.class), period.begin()).stream()
            .map(decided -> new Part(decided.actor(), "decided about run " + decided.run()))
            .toList();
    refuse(person, parts, "sign", "let another auditor sign, or ask for action");
  }

  private record Part(String person, String what) {}

  /**
   * Returns who requested the run and the runs that joined it, because a decision covers them all.
   */
  private List<Part> askers(RunId run) {
    List<Part> askers = new ArrayList<>();
    askers.add(asker(run));
    for (EvidenceEntry joined : evidenceLog.of(run, Evidence.kind(Evidence.RunJoined.class))) {
      askers.add(asker(new RunId(((Evidence.RunJoined) Evidence.read(joined)).run())));
    }
    return askers;
  }

  private Part asker(RunId run) {
    return new Part(runRequests.askedBy(run), "requested run " + run);
  }

  private void refuse(String person, List<Part> parts, String decision, String wayOut) {
    parts.stream()
        .filter(part -> personIds.areSame(part.person(), person))
        .findFirst()
        .ifPresent(
            part -> {
              throw new DecisionDeniedException(
                  Why.FOUR_EYES,
                  person
                      + " "
                      + part.what()
                      + ", so another person must "
                      + decision
                      + " it (four eyes)\nHINT: "
                      + wayOut);
            });
  }
}
