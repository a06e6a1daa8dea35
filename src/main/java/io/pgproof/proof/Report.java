package io.pgproof.proof;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about one run, with the members that {@code --json} prints (schema 1);
 * the members of {@link Conclusion}, {@link Period}, {@link Coverage} and {@link Times} stand
 * beside the others.
 *
 * <p>A member that does not apply is {@code null}; lists are never {@code null}. Times are in UTC.
 *
 * @param objectives whether the objectives were met; {@code null} if no run was made, and in
 *     reports of earlier versions
 */
public record Report(
    int schema,
    @Nullable String run,
    @Nullable String target,
    @JsonUnwrapped Conclusion conclusion,
    @JsonUnwrapped Period period,
    @Nullable BackupFacts backup,
    @Nullable ImageFacts image,
    @Nullable RecoveryFacts recovery,
    @Nullable FreshnessFacts freshness,
    @Nullable Objectives objectives,
    @JsonUnwrapped Coverage coverage,
    @JsonUnwrapped Times times) {

  public static final int SCHEMA = 1;

  /**
   * Creates a report about a request that led to no verification, or to one without evidence.
   *
   * @param run {@code null} if no run was made
   */
  public static Report without(@Nullable String run, Conclusion conclusion) {
    return new Report(
        SCHEMA,
        run,
        null,
        conclusion,
        new Period(null, null),
        null,
        null,
        null,
        null,
        null,
        new Coverage(List.of(), List.of(), List.of()),
        new Times(List.of(), null, null));
  }

  /** Returns the verdict; {@code null} if no run was made. */
  public @Nullable Verdict verdict() {
    return conclusion.verdict();
  }

  public Reason reason() {
    return conclusion.reason();
  }

  public List<PhaseFacts> phases() {
    return times.phases();
  }

  public @Nullable Long totalMillis() {
    return times.totalMillis();
  }

  /**
   * How long the run took.
   *
   * @param restoreTimeMillis how long a person would wait for the database: the phases {@code
   *     restore}, {@code start} and {@code recover} of the last attempt; {@code null} if recovery
   *     did not end as the backup requires, and in reports of earlier versions
   * @param totalMillis duration of all phases, with the time that the run waited for a container
   *     slot; {@code null} if no run was made
   */
  public record Times(
      List<PhaseFacts> phases, @Nullable Long restoreTimeMillis, @Nullable Long totalMillis) {
    public Times {
      phases = List.copyOf(phases);
    }
  }

  /**
   * Whether the run met the objectives of its target. Only the first one has a part in the verdict.
   *
   * @param rpo how old the newest data may be (recovery point objective)
   * @param rto how long restore, start and recovery may take (recovery time objective); {@code
   *     null} if there is no such objective
   */
  public record Objectives(Objective rpo, @Nullable Objective rto) {}

  /**
   * One objective.
   *
   * @param actualSeconds {@code null} if it was not measured; of a restore time, begun seconds
   *     count
   * @param met {@code null} if it was not measured
   */
  public record Objective(
      long objectiveSeconds, @Nullable Long actualSeconds, @Nullable Boolean met) {}

  /**
   * What the run looked at.
   *
   * @param notChecked what it left out, a few words each
   * @param notes facts about the backup that a person should know but that do not change the
   *     verdict, one line each
   */
  public record Coverage(List<Check> checks, List<String> notChecked, List<String> notes) {
    public Coverage {
      checks = List.copyOf(checks);
      notChecked = List.copyOf(notChecked);
      // Reports of earlier versions have no notes.
      notes = notes == null ? List.of() : List.copyOf(notes);
    }
  }

  /** When the run was made; both are {@code null} if no run was made. */
  public record Period(@Nullable Instant startedAt, @Nullable Instant finishedAt) {}

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
      @Nullable String systemIdentifier,
      Instant startTime,
      String startLsn,
      Long bytes,
      List<ArchiveFacts> archives,
      @Nullable ManifestFacts manifest) {
    /**
     * Returns the identity of the backup itself, whatever its path; empty if its own facts are not
     * known.
     *
     * @return the system identifier, the start LSN and the start time
     */
    public Optional<String> identity() {
      return systemIdentifier == null || startTime == null
          ? Optional.empty()
          : Optional.of(systemIdentifier + " " + startLsn + " " + startTime);
    }
  }

  /** One archive as stored: file name, size in bytes, and SHA-256 in lower-case hexadecimal. */
  public record ArchiveFacts(String file, long bytes, @Nullable String sha256) {}

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
      @Nullable Integer timeline,
      boolean consistent,
      @Nullable String endLsn,
      @Nullable Instant lastCommit,
      List<Integer> timelines) {
    public RecoveryFacts {
      // Evidence of earlier versions has none.
      timelines = timelines == null ? List.of() : List.copyOf(timelines);
    }
  }

  /** Age of the newest data; {@code source} is {@code query}, {@code wal} or {@code checkpoint}. */
  public record FreshnessFacts(
      @Nullable Instant newest, @Nullable Long ageSeconds, long maxAgeSeconds, String source) {}

  /**
   * One phase; {@code name} is {@code inspect}, {@code image}, {@code restore}, {@code start},
   * {@code recover}, {@code check} or {@code teardown}. No phase includes the time that a run waits
   * for a container slot.
   */
  public record PhaseFacts(String name, long millis) {}
}
