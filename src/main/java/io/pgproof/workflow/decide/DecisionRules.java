package io.pgproof.workflow.decide;

import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.jspecify.annotations.Nullable;

/**
 * Which decisions a task takes, and from whom.
 *
 * @param group the group whose members may decide
 * @param needReason the decisions that need a reason
 */
public record DecisionRules(String group, Set<String> decisions, Set<String> needReason) {
  private static final int LONGEST_REASON = 2_000;
  private static final Map<String, DecisionRules> OF_TASKS =
      Map.of(
          VerifyBackup.Task.REVIEW_STALE_BACKUP,
          new DecisionRules(
              Groups.OPERATORS,
              Set.of(
                  VerifyBackup.Decision.ACCEPT,
                  VerifyBackup.Decision.NEW_BACKUP,
                  VerifyBackup.Decision.ESCALATE),
              Set.of(VerifyBackup.Decision.ACCEPT)),
          VerifyBackup.Task.APPROVE_ESCALATION,
          new DecisionRules(
              Groups.APPROVERS,
              Set.of(
                  VerifyBackup.Decision.ESCALATE,
                  VerifyBackup.Decision.VERIFY_AGAIN,
                  VerifyBackup.Decision.DISMISS),
              Set.of(VerifyBackup.Decision.DISMISS)),
          ReviewResults.Task.REVIEW_REPORT,
          new DecisionRules(
              Groups.AUDITORS,
              Set.of(ReviewResults.Decision.SIGN, ReviewResults.Decision.ASK_FOR_ACTION),
              Set.of(ReviewResults.Decision.ASK_FOR_ACTION)));

  public DecisionRules {
    decisions = Set.copyOf(decisions);
    needReason = Set.copyOf(needReason);
  }

  /**
   * What a person answered.
   *
   * @param person id of the person
   * @param reason {@code null} if none was given
   */
  public record Answer(String person, String decision, @Nullable String reason) {}

  /**
   * Returns the rules of a task.
   *
   * @param task id of its element in the model
   */
  public static DecisionRules of(String task) {
    return Objects.requireNonNull(OF_TASKS.get(task), task);
  }

  /**
   * Returns what the person who completes the task answered.
   *
   * @param person {@code null} if nobody is logged in
   * @throws DecisionDeniedException if the person is not in the group
   * @throws BadUserRequestException if the answers are not what the task asks for
   */
  public Answer read(DelegateTask task, @Nullable Authentication person) {
    if (person == null || person.getUserId() == null) {
      throw new BadUserRequestException("nobody is logged in: a decision needs a logged-in person");
    }
    if (person.getGroupIds() == null || !person.getGroupIds().contains(group)) {
      throw new DecisionDeniedException(
          DecisionRefusedException.Why.GROUP,
          "'"
              + task.getName()
              + "' is decided by the group "
              + group
              + ", and "
              + person.getUserId()
              + " is not in it");
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
    if (decision == null || !decisions.contains(decision)) {
      throw new BadUserRequestException(
          "the decision (variable decision) must be one of "
              + decisions.stream().sorted().toList()
              + ", not "
              + decision);
    }
    if (reason == null && needReason.contains(decision)) {
      throw new BadUserRequestException(
          "the decision '"
              + decision
              + "' needs a reason: fill in 'Reason for the decision' (variable decisionReason)");
    }
    if (reason != null && reason.length() > LONGEST_REASON) {
      throw new BadUserRequestException(
          "the reason has " + reason.length() + " characters, " + LONGEST_REASON + " are allowed");
    }
    return new Answer(person.getUserId(), decision, reason);
  }

  /** Returns an answer; {@code null} if there is none. */
  static @Nullable String text(DelegateTask task, String variable) {
    Object value = task.getVariable(variable);
    return value instanceof String text && !text.isBlank() ? text.strip() : null;
  }
}
