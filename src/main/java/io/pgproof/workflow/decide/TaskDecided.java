package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.Waivers;
import io.pgproof.audit.Waivers.Waiver;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.jspecify.annotations.Nullable;

/**
 * Checks and records the decision when a person completes a human task, through any interface. The
 * decision must be one that the task offers. A decision that lets a bad backup pass needs a reason,
 * and a person who had no part in it before. The person who decides must be known.
 */
public final class TaskDecided implements TaskListener {
  private static final int MOST_YEARS = 1;

  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final OpenTasks openTasks;
  private final Waivers waivers;
  private final FourEyesRule fourEyesRule;
  private final IdentityService identities;
  private final Clock clock;
  private final Notifier notifier;
  private final BoundedRecorder recorder;

  public TaskDecided(
      EvidenceLog evidenceLog,
      RunRequests runRequests,
      OpenTasks openTasks,
      Waivers waivers,
      FourEyesRule fourEyesRule,
      IdentityService identities,
      Clock clock,
      Notifier notifier,
      BoundedRecorder recorder) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.openTasks = openTasks;
    this.waivers = waivers;
    this.fourEyesRule = fourEyesRule;
    this.identities = identities;
    this.clock = clock;
    this.notifier = notifier;
    this.recorder = recorder;
  }

  @Override
  public void notify(DelegateTask task) {
    Authentication person = identities.getCurrentAuthentication();
    DecisionRules.Answer answer;
    try {
      answer = DecisionRules.of(task.getTaskDefinitionKey()).read(task, person);
    } catch (DecisionDeniedException e) {
      throw refused(task, person.getUserId(), null, e);
    }
    decided(task, runOf(task), answer.person(), answer.decision(), answer.reason());
  }

  private static RunId runOf(DelegateTask task) {
    return new RunId(task.getExecution().getProcessBusinessKey());
  }

  private void checkFourEyes(DelegateTask task, String person, String decision, Runnable rule) {
    try {
      rule.run();
    } catch (BadUserRequestException e) {
      throw refused(task, person, decision, e);
    }
  }

  /** Returns the exception after it has been recorded outside of this transaction. */
  private BadUserRequestException refused(
      DelegateTask task, String person, @Nullable String decision, BadUserRequestException why) {
    recorder.refused(
        person,
        runOf(task),
        new Evidence.DecisionRefused(
            task.getTaskDefinitionKey(),
            task.getName(),
            decision,
            String.valueOf(why.getMessage()).lines().findFirst().orElse("")));
    return why;
  }

  private void decided(
      DelegateTask task, RunId run, String person, String decision, @Nullable String reason) {
    String key = task.getTaskDefinitionKey();
    Evidence decided =
        new Evidence.Decided(key, task.getBpmnModelElementInstance().getName(), decision, reason);
    // Everything comes from the request, because a person who completes a task may have set any
    // variable.
    VerificationRequest request = runRequests.of(run);
    if (decision.equals(VerifyBackup.Decision.ACCEPT)) {
      checkFourEyes(task, person, decision, () -> fourEyesRule.checkAccept(run, person));
      String given = Objects.requireNonNull(reason, "accepting needs a reason");
      Waiver waiver =
          new Waiver(
              runRequests
                  .identity(run)
                  .orElseThrow(
                      () ->
                          new BadUserRequestException(
                              "this backup has no identity, so it cannot be accepted until a date")),
              run,
              waiverEnd(task),
              person,
              given);
      decided.record(evidenceLog, run, person);
      new Evidence.WaiverGranted(waiver.backup(), waiver.until(), given)
          .record(evidenceLog, run, person);
      waivers.grant(waiver);
    } else if (decision.equals(VerifyBackup.Decision.DISMISS)) {
      checkFourEyes(task, person, decision, () -> fourEyesRule.checkDismiss(run, person));
      decided.record(evidenceLog, run, person);
    } else {
      decided.record(evidenceLog, run, person);
    }
    boolean goesOnToApprover =
        key.equals(VerifyBackup.Task.REVIEW_STALE_BACKUP)
            && decision.equals(VerifyBackup.Decision.ESCALATE);
    if (goesOnToApprover) {
      task.getExecution().setVariable(VerifyBackup.Variable.HANDED_ON_BY, person);
      task.getExecution().setVariable(VerifyBackup.Variable.HANDED_ON_REASON, reason);
      task.getExecution()
          .setVariable(
              VerifyBackup.Variable.REMIND_AFTER, request.patience().remindAfter().toString());
      task.getExecution()
          .setVariable(
              VerifyBackup.Variable.ESCALATE_AFTER, request.patience().escalateAfter().toString());
    } else {
      openTasks.release(OpenTasks.backupKey(request), run);
      if (decision.equals(VerifyBackup.Decision.ESCALATE)) {
        notifier.notify(new NotificationEvent.Escalated(run, person, reason));
      } else if (decision.equals(VerifyBackup.Decision.NEW_BACKUP)) {
        notifier.notify(new NotificationEvent.NewBackupAskedFor(run, person, reason));
      }
    }
  }

  /** Returns the end of the given day, in UTC. */
  private Instant waiverEnd(DelegateTask task) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    String allowed = "a day from " + today.plusDays(1) + " to " + today.plusYears(MOST_YEARS);
    String text = DecisionRules.text(task, VerifyBackup.Variable.WAIVED_UNTIL);
    if (text == null) {
      throw new BadUserRequestException(
          "the decision 'accept' needs an end: fill in 'Accept until' (variable waivedUntil), "
              + allowed);
    }
    try {
      LocalDate day = LocalDate.parse(text);
      if (day.isAfter(today) && !day.isAfter(today.plusYears(MOST_YEARS))) {
        return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
    } catch (DateTimeParseException e) {
      // Reported below, with the allowed values.
    }
    throw new BadUserRequestException(
        "'Accept until' (variable waivedUntil) is '" + text + "'; allowed: " + allowed);
  }
}
