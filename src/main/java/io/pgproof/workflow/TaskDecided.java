package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import java.util.Map;
import java.util.Set;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.identity.Authentication;

/**
 * A person completes a human task, through whichever interface: the decision must be one of those asked for, a decision that lets
 * a bad backup pass must have a reason, and who decided must be known.
 */
final class TaskDecided implements TaskListener {
  private static final Map<String, Set<String>> ALLOWED = Map.of(
      VerifyBackup.Task.REVIEW_STALE_BACKUP, Set.of(VerifyBackup.Decision.ACCEPT, VerifyBackup.Decision.ESCALATE),
      VerifyBackup.Task.APPROVE_ESCALATION,
      Set.of(VerifyBackup.Decision.ESCALATE, VerifyBackup.Decision.VERIFY_AGAIN, VerifyBackup.Decision.DISMISS));
  private static final Map<String, String> GROUPS = Map.of(
      VerifyBackup.Task.REVIEW_STALE_BACKUP, Groups.OPERATORS,
      VerifyBackup.Task.APPROVE_ESCALATION, Groups.APPROVERS);
  private static final Set<String> NEEDS_REASON = Set.of(VerifyBackup.Decision.ACCEPT, VerifyBackup.Decision.DISMISS);
  private static final int LONGEST_REASON = 2_000;

  private final Trail trail;
  private final Requests requests;
  private final OpenTasks openTasks;
  private final IdentityService identities;
  private final Tell tell;

  TaskDecided(Trail trail, Requests requests, OpenTasks openTasks, IdentityService identities, Tell tell) {
    this.trail = trail;
    this.requests = requests;
    this.openTasks = openTasks;
    this.identities = identities;
    this.tell = tell;
  }

  @Override
  public void notify(DelegateTask task) {
    Authentication person = identities.getCurrentAuthentication();
    if (person == null || person.getUserId() == null) {
      throw new BadUserRequestException("nobody is logged in: a decision needs a person who made it");
    }
    String key = task.getTaskDefinitionKey();
    if (person.getGroupIds() == null || !person.getGroupIds().contains(GROUPS.get(key))) {
      throw new BadUserRequestException("'" + task.getName() + "' is decided by the group " + GROUPS.get(key)
          + ", and " + person.getUserId() + " is not in it");
    }
    String decision = text(task, VerifyBackup.Variable.DECISION);
    String reason = text(task, VerifyBackup.Variable.DECISION_REASON);
    if (decision == null || !ALLOWED.get(key).contains(decision)) {
      throw new BadUserRequestException("the decision (variable decision) must be one of "
          + ALLOWED.get(key).stream().sorted().toList() + ", not " + decision);
    }
    if (reason == null && NEEDS_REASON.contains(decision)) {
      throw new BadUserRequestException("the decision '" + decision + "' needs a reason: fill in 'Reason for the decision' (variable decisionReason)");
    }
    if (reason != null && reason.length() > LONGEST_REASON) {
      throw new BadUserRequestException("the reason has " + reason.length() + " characters, " + LONGEST_REASON + " are allowed");
    }
    RunId run = new RunId(task.getExecution().getProcessBusinessKey());
    new Evidence.Decided(key, task.getName(), decision, reason).record(trail, run, person.getUserId());
    boolean goesOnToApprover = key.equals(VerifyBackup.Task.REVIEW_STALE_BACKUP) && decision.equals(VerifyBackup.Decision.ESCALATE);
    if (goesOnToApprover) {
      task.getExecution().setVariable(VerifyBackup.Variable.HANDED_ON_BY, person.getUserId());
      task.getExecution().setVariable(VerifyBackup.Variable.HANDED_ON_REASON, reason);
    } else {
      // From what was asked: whoever completes a task may have set any variable.
      openTasks.release(OpenTasks.backupKey(requests.of(run)), run);
      if (decision.equals(VerifyBackup.Decision.ESCALATE)) {
        tell.tell(new Happening.Escalated(run, person.getUserId(), reason));
      }
    }
  }

  private static String text(DelegateTask task, String variable) {
    Object value = task.getVariable(variable);
    return value instanceof String text && !text.isBlank() ? text.strip() : null;
  }
}
