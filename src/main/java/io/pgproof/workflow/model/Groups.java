package io.pgproof.workflow.model;

import java.util.List;

/**
 * Ids of the groups that work with verifications, as the process and the authorizations name them.
 */
public final class Groups {
  /** Review stale backups: candidates of <em>Review stale backup</em>. */
  public static final String OPERATORS = "backup-operators";

  /** Decide about refuted and inconclusive backups: candidates of <em>Approve escalation</em>. */
  public static final String APPROVERS = "backup-approvers";

  /**
   * Read everything, change nothing, and review the results: candidates of <em>Review results</em>.
   */
  public static final String AUDITORS = "backup-auditors";

  /** Manage people, groups and the engine; decide nothing. Camunda gives this group its id. */
  public static final String ADMINISTRATORS = "camunda-admin";

  private static final List<String> ALL = List.of(OPERATORS, APPROVERS, AUDITORS, ADMINISTRATORS);

  private Groups() {}

  /** Returns all of them: a person who is in none of them sees nothing of pgproof. */
  public static List<String> all() {
    return ALL;
  }
}
