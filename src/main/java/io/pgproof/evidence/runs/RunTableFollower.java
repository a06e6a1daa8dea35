package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Keeps {@code pgproof_run} in the transaction that records the evidence of a run: derives the row
 * again from all evidence of the run, so it cannot differ from one that is derived later.
 */
public final class RunTableFollower implements EvidenceLog.Follower {
  private final EvidenceLog evidenceLog;
  private final RunTable runs;
  private final TargetTable targets;

  public RunTableFollower(DataSource database) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    // Only for reading.
    this.evidenceLog = new EvidenceLog(database, Clock.systemUTC());
    this.runs = new RunTable(jdbc);
    this.targets = new TargetTable(jdbc);
  }

  @Override
  public void appended(RunId run, String kind) {
    if (!RunDerivation.KINDS.contains(kind)) {
      return;
    }
    boolean listed = !runs.lock(List.of(run)).isEmpty();
    RunDerivation.of(run, evidenceLog.of(List.of(run), RunDerivation.KINDS))
        .ifPresent(
            derived -> {
              if (listed) {
                runs.update(derived);
              } else {
                runs.insert(List.of(derived));
              }
              if (kind.equals(RunDerivation.VERDICT_REACHED)) {
                derived.summary().request().target().ifPresent(targets::renew);
              }
            });
  }
}
