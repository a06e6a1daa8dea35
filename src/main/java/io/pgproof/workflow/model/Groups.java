package io.pgproof.workflow.model;

/**
 * Who works with verifications: the groups' ids, as the process and the authorizations name them.
 */
public final class Groups {
  /** Look at stale backups: candidates of <em>Review stale backup</em>. */
  public static final String OPERATORS = "backup-operators";

  /** Decide about refuted and inconclusive backups: candidates of <em>Approve escalation</em>. */
  public static final String APPROVERS = "backup-approvers";

  /** Read everything, change nothing. */
  public static final String AUDITORS = "backup-auditors";

  private Groups() {}
}
