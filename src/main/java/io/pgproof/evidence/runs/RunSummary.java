package io.pgproof.evidence.runs;

import io.pgproof.proof.Depth;
import io.pgproof.proof.Fault;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.PhaseFacts;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One run in short form, as lists and charts show it.
 *
 * @param outcome empty while the run has no verdict
 * @param waiver the acceptance of the run's backup, in this run or before it
 * @param decision the last decision about the run; empty if there was none
 */
public record RunSummary(
    RunId run,
    Request request,
    Optional<Outcome> outcome,
    Optional<Waiver> waiver,
    Optional<Decision> decision) {

  /**
   * Returns whether the restore time met its objective; empty if there is no objective or no
   * restore time.
   */
  public Optional<Boolean> restoreObjectiveMet() {
    return request
        .restoreObjective()
        .flatMap(
            objective ->
                outcome.flatMap(Outcome::restoreTime).map(took -> took.compareTo(objective) <= 0));
  }

  /**
   * What was requested.
   *
   * @param target empty if the run was requested by a path
   * @param backupKey the same for all runs of one target or path, see {@link
   *     io.pgproof.evidence.OpenTasks#backupKey}
   * @param path the requested path; the backup itself may lie below it
   * @param by who requested it
   * @param maxAge limit of the age of the newest data
   * @param restoreObjective objective of {@link Outcome#restoreTime}; empty if there is none
   */
  public record Request(
      Optional<String> target,
      String backupKey,
      String path,
      Instant at,
      String by,
      Depth depth,
      Duration maxAge,
      Optional<Duration> restoreObjective) {}

  /**
   * The verdict, and what was measured on the way to it.
   *
   * @param at when the verdict was recorded
   * @param message one sentence for a person, at most 2,000 characters: the message of the finding
   *     that decides, or the one of a proven backup
   * @param total all phases, with the wait for a container slot
   * @param phases the phases that the run went through, in their order, as in the report
   * @param restoreTime how long a person would wait for the restored database: the phases {@code
   *     restore}, {@code start} and {@code recover} of the last attempt; empty if recovery did not
   *     end as the backup requires
   * @param age age of the newest data; empty if it was not measured
   * @param backup what the backup says about itself; empty if the run did not learn it
   * @param serverVersion full version of the PostgreSQL that recovered the backup, such as {@code
   *     15.18}
   */
  public record Outcome(
      Instant at,
      Verdict verdict,
      Reason reason,
      String message,
      Duration total,
      List<PhaseFacts> phases,
      Optional<Duration> restoreTime,
      Optional<Duration> age,
      Optional<KnownBackup> backup,
      Optional<String> serverVersion) {
    public Outcome {
      phases = List.copyOf(phases);
    }

    /** Returns who or what is at fault. */
    public Fault fault() {
      return reason.fault();
    }
  }

  /**
   * What distinguishes a backup from others.
   *
   * @param identity the same wherever the backup lies, see {@link
   *     io.pgproof.proof.Report.BackupFacts#identity}
   * @param path where the backup was in this run
   * @param version the major version, such as {@code 15}
   * @param bytes size of all archives as stored
   */
  public record KnownBackup(
      String identity,
      String path,
      String version,
      String systemIdentifier,
      Instant startTime,
      String startLsn,
      long bytes) {}

  /** The acceptance of a stale backup by a person from one time to another. */
  public record Waiver(String by, Instant from, Instant until) {}

  /**
   * What a person decided, or {@code pgproof} after nobody did.
   *
   * @param decision a decision of {@code TaskDecided}, or {@code deleted} if the person deleted the
   *     run with its task
   */
  public record Decision(String by, String decision, Instant at) {
    /** The person deleted the run while it waited for a decision. */
    public static final String DELETED = "deleted";
  }
}
