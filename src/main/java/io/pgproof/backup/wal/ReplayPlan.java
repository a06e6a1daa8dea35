package io.pgproof.backup.wal;

import io.pgproof.backup.format.Lsn;
import java.util.Map;
import java.util.Optional;

/**
 * The plan of what recovery will replay, as far as the available log shows it beforehand.
 *
 * @param path through the log
 * @param target the timeline to request from PostgreSQL; empty for the backup's own
 * @param reach position that recovery must reach, because whole archived segments follow it; empty
 *     without an archive
 * @param lastSegment the last whole segment of the archive on this path
 * @param tablespaces that the log creates: their paths on the source by OID, one character per byte
 * @param settings of the source that were raised while the log was written
 */
public record ReplayPlan(
    ReplayPath path,
    Optional<Integer> target,
    Optional<Lsn> reach,
    Optional<String> lastSegment,
    Map<String, String> tablespaces,
    Raised settings) {

  /**
   * The highest values that the source used; 0 when the log does not mention a setting.
   *
   * @param connections {@code max_connections}
   * @param preparedTransactions {@code max_prepared_transactions}
   * @param locksPerTransaction {@code max_locks_per_transaction}
   */
  public record Raised(int connections, int preparedTransactions, int locksPerTransaction) {
    public static final Raised NOTHING = new Raised(0, 0, 0);
  }

  public ReplayPlan {
    tablespaces = Map.copyOf(tablespaces);
  }

  /** Returns the plan for a timeline whose log contains nothing special. */
  public static ReplayPlan followTimeline(int timeline) {
    return new ReplayPlan(
        ReplayPath.followTimeline(timeline),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Raised.NOTHING);
  }
}
