package io.pgproof.proof;

import java.time.Instant;
import java.util.List;

/**
 * Everything that is known about one run, with the members that {@code --json} prints (schema 1).
 *
 * <p>A member that does not apply is {@code null}; lists are never {@code null}. Times are in UTC.
 *
 * @param verdict {@code proven}, {@code stale}, {@code refuted}, {@code inconclusive}; {@code null}
 *     if no run was made
 * @param reason a code of {@link Reason}
 * @param notes facts about the backup that a person should know but that do not change the verdict,
 *     one line each
 */
public record Report(
    int schema,
    String run,
    String target,
    String verdict,
    String reason,
    String message,
    String hint,
    Instant startedAt,
    Instant finishedAt,
    BackupFacts backup,
    ImageFacts image,
    RecoveryFacts recovery,
    FreshnessFacts freshness,
    List<CheckFacts> checks,
    List<String> notChecked,
    List<String> notes,
    List<PhaseFacts> phases,
    Long totalMillis) {

  public static final int SCHEMA = 1;

  public Report {
    // Reports of earlier versions have no notes.
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /**
   * Describes the backup.
   *
   * @param format {@code tar}, {@code plain}, {@code incremental} or {@code restore-command}
   * @param postgresVersion the major version, such as {@code 15}
   * @param bytes size of all archives as stored
   */
  public record BackupFacts(
      String path,
      String format,
      String postgresVersion,
      String systemIdentifier,
      Instant startTime,
      String startLsn,
      Long bytes,
      List<ArchiveFacts> archives,
      ManifestFacts manifest) {}

  /** One archive as stored: file name, size in bytes, and SHA-256 in lower-case hexadecimal. */
  public record ArchiveFacts(String file, long bytes, String sha256) {}

  /** SHA-256 of {@code backup_manifest} as stored. */
  public record ManifestFacts(String sha256) {}

  /**
   * The image that the backup was restored in. The version is the full one, such as {@code 15.18}.
   */
  public record ImageFacts(String key, String postgresVersion, Instant builtAt) {}

  /**
   * How far recovery progressed.
   *
   * @param timeline the backup's own timeline; {@code null} if recovery never began
   * @param consistent whether recovery reached the backup's consistent state
   * @param endLsn end of redo, or the last known position; {@code null} if unknown
   * @param lastCommit time of the last replayed commit; {@code null} if the WAL contains none
   * @param timelines timelines that recovery followed, in order; empty if unknown
   */
  public record RecoveryFacts(
      Integer timeline,
      boolean consistent,
      String endLsn,
      Instant lastCommit,
      List<Integer> timelines) {
    public RecoveryFacts {
      // Evidence of earlier versions has none.
      timelines = timelines == null ? List.of() : List.copyOf(timelines);
    }
  }

  /** Age of the newest data; {@code source} is {@code query}, {@code wal} or {@code checkpoint}. */
  public record FreshnessFacts(
      Instant newest, Long ageSeconds, long maxAgeSeconds, String source) {}

  /**
   * One check; its name is unique within a report.
   *
   * @param outcome {@code passed}, {@code failed}, {@code skipped} or {@code mismatch}
   * @param inapplicable a code of {@link Inapplicable} if the check was skipped because it does not
   *     apply; otherwise {@code null}
   */
  public record CheckFacts(
      String name, String outcome, String detail, long millis, String inapplicable) {
    /** Creates a check that applies. */
    public CheckFacts(String name, String outcome, String detail, long millis) {
      this(name, outcome, detail, millis, null);
    }
  }

  /**
   * One phase; {@code name} is {@code inspect}, {@code image}, {@code restore}, {@code start},
   * {@code recover}, {@code check} or {@code teardown}. No phase includes the time that a run waits
   * for a container slot.
   */
  public record PhaseFacts(String name, long millis) {}
}
