package io.pgproof.workflow.model;

/**
 * Ids of the groups that work with verifications, as the process and the authorizations name them.
 */
public final class Groups {
  /** Review stale backups: candidates of <em>Review stale backup</em>. */
  public static final String OPERATORS = "backup-operators";

  /** Decide about refuted and inconclusive backups: candidates of <em>Approve escalation</em>. */
  public static final String APPROVERS = "backup-approvers";

  /** Read everything and change nothing. */
  public static final String AUDITORS = "backup-auditors";

  private Groups() {}
}
