package io.pgproof.backup.wal;

import io.pgproof.backup.format.Lsn;
import java.util.Map;
import java.util.Optional;

/**
 * What recovery is going to replay, as far as the log at hand tells before.
 *
 * @param path through the log
 * @param target the timeline to ask PostgreSQL for; empty for the backup's own
 * @param reach position that recovery must come to, because whole archived segments lie behind it;
 *     empty without an archive
 * @param lastSegment the last whole segment of the archive on this path
 * @param tablespaces that the log creates: their paths on the source by OID, one character a byte
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
   * The most that the source was set to; 0 where the log says nothing of it.
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

  /** Of a timeline whose log says nothing in particular. */
  public static ReplayPlan along(int timeline) {
    return new ReplayPlan(
        ReplayPath.along(timeline),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Raised.NOTHING);
  }
}
