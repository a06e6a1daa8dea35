package io.pgproof.proof;

import java.time.Instant;
import java.util.List;

/**
 * All that is known about one run, member by member as {@code --json} prints it (schema 1).
 *
 * <p>A member that does not apply is {@code null}; lists are never {@code null}. Times are UTC.
 *
 * @param verdict {@code proven}, {@code stale}, {@code refuted}, {@code inconclusive}; {@code null}
 *     where no run was made
 * @param reason a code of {@link Reason}
 * @param notes what a person should know of the backup and what does not change the verdict, one
 *     line each
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
    // Reports that were written before there were notes have none.
    notes = notes == null ? List.of() : List.copyOf(notes);
  }

  /**
   * What the backup is.
   *
   * @param format {@code tar}, {@code plain}, {@code incremental} or {@code restore-command}
   * @param postgresVersion the major version, such as {@code 15}
   * @param bytes of all archives as they lie
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

  /** One archive as it lay: file name, bytes and SHA-256 in lower-case hexadecimal. */
  public record ArchiveFacts(String file, long bytes, String sha256) {}

  /** SHA-256 of {@code backup_manifest} as it lay. */
  public record ManifestFacts(String sha256) {}

  /** The image the backup was restored in; the version is the full one, such as {@code 15.18}. */
  public record ImageFacts(String key, String postgresVersion, Instant builtAt) {}

  /**
   * How far recovery came.
   *
   * @param timeline the backup's own, or {@code null} where recovery never began
   * @param consistent whether the backup's consistent recovery state was reached
   * @param endLsn end of redo, or how far it is known to have come; {@code null} where that is not
   *     known
   * @param lastCommit time of the last replayed commit, or {@code null} where the WAL holds none
   * @param timelines that recovery followed, in their order; empty where that is not known
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

  /**
   * How old the newest data are; {@code source} is {@code query}, {@code wal} or {@code
   * checkpoint}.
   */
  public record FreshnessFacts(
      Instant newest, Long ageSeconds, long maxAgeSeconds, String source) {}

  /**
   * One check; its name is unique in a report.
   *
   * @param outcome {@code passed}, {@code failed}, {@code skipped} or {@code mismatch}
   * @param inapplicable a code of {@link Inapplicable} where it was skipped because it does not
   *     apply; {@code null} otherwise
   */
  public record CheckFacts(
      String name, String outcome, String detail, long millis, String inapplicable) {
    /** One that applies. */
    public CheckFacts(String name, String outcome, String detail, long millis) {
      this(name, outcome, detail, millis, null);
    }
  }

  /**
   * One phase; {@code name} is {@code inspect}, {@code image}, {@code restore}, {@code start},
   * {@code recover}, {@code check} or {@code teardown}. The time that a run waited for its turn is
   * in none of them.
   */
  public record PhaseFacts(String name, long millis) {}
}
