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
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          VerifyBackup.Task.REVIEW_STALE_BACKUP,
          Set.of(
              VerifyBackup.Decision.ACCEPT,
              VerifyBackup.Decision.NEW_BACKUP,
              VerifyBackup.Decision.ESCALATE),
          VerifyBackup.Task.APPROVE_ESCALATION,
          Set.of(
              VerifyBackup.Decision.ESCALATE,
              VerifyBackup.Decision.VERIFY_AGAIN,
              VerifyBackup.Decision.DISMISS));
  static final Map<String, String> GROUPS =
      Map.of(
          VerifyBackup.Task.REVIEW_STALE_BACKUP, Groups.OPERATORS,
          VerifyBackup.Task.APPROVE_ESCALATION, Groups.APPROVERS);
  private static final Set<String> NEEDS_REASON =
      Set.of(VerifyBackup.Decision.ACCEPT, VerifyBackup.Decision.DISMISS);
  private static final int LONGEST_REASON = 2_000;
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
    if (person == null || person.getUserId() == null) {
      throw new BadUserRequestException("nobody is logged in: a decision needs a logged-in person");
    }
    String key = task.getTaskDefinitionKey();
    if (person.getGroupIds() == null || !person.getGroupIds().contains(GROUPS.get(key))) {
      throw refused(
          task,
          person.getUserId(),
          null,
          new DecisionDeniedException(
              DecisionRefusedException.Why.GROUP,
              "'"
                  + task.getName()
                  + "' is decided by the group "
                  + GROUPS.get(key)
                  + ", and "
                  + person.getUserId()
                  + " is not in it"));
    }
    // A variable local to the task would be read here instead of the answer that the process
    // continues with.
    if (!task.getVariableNamesLocal().isEmpty()) {
      throw new BadUserRequestException(
          "the task has local variables "
              + task.getVariableNamesLocal().stream().sorted().toList()
              + " that would hide the answers\nHINT: remove them from the task, or claim and complete the task only in Tasklist");
    }
    String decision = text(task, VerifyBackup.Variable.DECISION);
    String reason = text(task, VerifyBackup.Variable.DECISION_REASON);
    Set<String> allowed = ALLOWED.getOrDefault(key, Set.of());
    if (decision == null || !allowed.contains(decision)) {
      throw new BadUserRequestException(
          "the decision (variable decision) must be one of "
              + allowed.stream().sorted().toList()
              + ", not "
              + decision);
    }
    if (reason == null && NEEDS_REASON.contains(decision)) {
      throw new BadUserRequestException(
          "the decision '"
              + decision
              + "' needs a reason: fill in 'Reason for the decision' (variable decisionReason)");
    }
    if (reason != null && reason.length() > LONGEST_REASON) {
      throw new BadUserRequestException(
          "the reason has " + reason.length() + " characters, " + LONGEST_REASON + " are allowed");
    }
    decided(task, runOf(task), person.getUserId(), decision, reason);
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
    String text = text(task, VerifyBackup.Variable.WAIVED_UNTIL);
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

  private static @Nullable String text(DelegateTask task, String variable) {
    Object value = task.getVariable(variable);
    return value instanceof String text && !text.isBlank() ? text.strip() : null;
  }
}
