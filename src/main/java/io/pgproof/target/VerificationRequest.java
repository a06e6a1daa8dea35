package io.pgproof.target;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgproof.proof.Depth;
import io.pgproof.proof.RecoveryTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * One requested verification. It is kept as evidence and never changed; in JSON the members of
 * {@link Objectives}, {@link Queries}, {@link Replay} and {@link Limits} stand beside the others.
 *
 * @param target name of the target in the configuration; empty for a bare path
 * @param path absolute path of the backup
 * @param keep how long to keep a restored copy that was not proven, for inspection; zero to keep
 *     none
 * @param patience how long people may take to decide about a run that was not proven
 * @param askedBy who requested it
 */
public record VerificationRequest(
    Optional<String> target,
    Path path,
    Depth depth,
    @JsonUnwrapped Objectives objectives,
    @JsonUnwrapped Queries queries,
    @JsonUnwrapped Replay replay,
    @JsonUnwrapped Limits limits,
    Resources resources,
    Duration keep,
    Patience patience,
    String askedBy) {

  public static final Duration DEFAULT_MAX_AGE = Duration.ofHours(24);
  public static final Depth DEFAULT_DEPTH = Depth.STANDARD;
  public static final Duration DEFAULT_KEEP = Duration.ZERO;

  public VerificationRequest {
    // Evidence of earlier versions has none.
    patience = patience == null ? Patience.DEFAULT : patience;
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(path + " must be absolute");
    }
  }

  /** Returns the maximum age of the newest data. */
  public Duration maxAge() {
    return objectives.maxAge();
  }

  /**
   * What the recovery of the database must achieve for its users.
   *
   * @param maxAge how old the newest data may be, the recovery point objective; a backup with older
   *     data is not proven
   * @param rtoObjective how long restore, start and recovery together may take; the verdict does
   *     not depend on it. Empty if there is no such objective
   */
  public record Objectives(Duration maxAge, Optional<Duration> rtoObjective) {
    public Objectives {
      // Evidence of earlier versions has none.
      rtoObjective = rtoObjective == null ? Optional.empty() : rtoObjective;
    }
  }

  /**
   * What is asked of the restored databases, and how.
   *
   * @param freshnessQuery returns the newest time in the data; empty to take it from the WAL
   * @param database database that the query and the assertions run in
   * @param zone time zone for times that have none
   * @param assertions SQL statements, each with one row and one column that must be true
   * @param superuser role to connect as
   */
  public record Queries(
      Optional<String> freshnessQuery,
      String database,
      ZoneId zone,
      List<String> assertions,
      String superuser) {
    public static final String DEFAULT_DATABASE = "postgres";
    public static final String DEFAULT_SUPERUSER = "postgres";
    public static final ZoneId DEFAULT_ZONE = ZoneId.of("UTC");

    public Queries {
      assertions = List.copyOf(assertions);
    }
  }

  /**
   * Which WAL is replayed.
   *
   * @param walArchive directory with WAL segments that the backup does not contain
   * @param timeline timeline along which the WAL is replayed; empty for the default
   */
  public record Replay(Optional<Path> walArchive, Optional<RecoveryTimeline> timeline) {
    public Replay {
      // Evidence of earlier versions has none.
      timeline = timeline == null ? Optional.empty() : timeline;
    }

    /** Returns the timeline along which the WAL is replayed, whether the user named it or not. */
    public RecoveryTimeline recoveryTimeline() {
      return timeline.orElse(RecoveryTimeline.standard(walArchive.isPresent()));
    }
  }

  /**
   * Time limits of a verification.
   *
   * @param recoveryTimeout time limit of recovery
   * @param stayTimeout time limit of the whole attempt in the container
   * @param timeouts time limits of the other parts
   */
  public record Limits(Duration recoveryTimeout, Duration stayTimeout, Timeouts timeouts) {
    public static final Duration DEFAULT_RECOVERY_TIMEOUT = Duration.ofHours(1);

    public Limits {
      // Evidence of earlier versions has none.
      timeouts = timeouts == null ? Timeouts.DEFAULT : timeouts;
    }
  }

  /**
   * The resources of the host that a run may use.
   *
   * @param memoryBytes memory of its container
   * @param cpus share of processors of its container
   * @param diskBytes maximum that all its files may occupy on the file system of the state
   *     directory; empty if only the reserve limits it
   */
  public record Resources(long memoryBytes, double cpus, Optional<Long> diskBytes) {
    public static final Resources DEFAULT = new Resources(1L << 30, 1.0, Optional.empty());

    /** A server does not start with less memory. */
    static final long LEAST_MEMORY_BYTES = 256L << 20;

    /** An empty cluster with its WAL needs about this much. */
    static final long LEAST_DISK_BYTES = 64L << 20;

    static final double LEAST_CPUS = 0.05;
    static final double MOST_CPUS = 1024;
  }

  /**
   * How long people may take to decide.
   *
   * @param remindAfter time until the first reminder, and between reminders
   * @param escalateAfter time until the run continues without a decision
   */
  public record Patience(Duration remindAfter, Duration escalateAfter) {
    public static final Patience DEFAULT = new Patience(Duration.ofHours(4), Duration.ofHours(24));

    /**
     * Returns the default reminder interval: that of {@link #DEFAULT}, or half the time until the
     * escalation if the escalation comes sooner than that.
     */
    static Duration remindAfter(Duration escalateAfter) {
      return DEFAULT.remindAfter.compareTo(escalateAfter) < 0
          ? DEFAULT.remindAfter
          : escalateAfter.dividedBy(2);
    }

    /** Returns whether a reminder is sent before the run continues without a decision. */
    public boolean reminds() {
      return remindAfter.compareTo(escalateAfter) < 0;
    }
  }

  /**
   * Time limits of the parts of a verification except recovery.
   *
   * @param inspection of reading what the backup says about itself
   * @param restore of restoring all its files
   * @param checks of all checks together
   * @param statement of the query and of each assertion
   */
  public record Timeouts(
      Duration inspection, Duration restore, Duration checks, Duration statement) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofMinutes(30),
            Duration.ofHours(6),
            Duration.ofHours(6),
            Duration.ofMinutes(10));

    /** Allowance for the work between the parts, including the teardown. */
    private static final Duration BETWEEN = Duration.ofHours(1);

    /** Returns the maximum duration of an attempt that meets all these limits. */
    public Duration stay(Duration recovery) {
      return restore.plus(recovery).plus(checks).plus(BETWEEN);
    }
  }

  /** Returns the same request on behalf of another person. */
  public VerificationRequest by(String person) {
    return new VerificationRequest(
        target,
        path,
        depth,
        objectives,
        queries,
        replay,
        limits,
        resources,
        keep,
        patience,
        person);
  }
}
