package io.pgproof.target;

import io.pgproof.proof.Depth;
import io.pgproof.proof.RecoveryTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * One verification as it was asked for; it is kept as evidence and never changed.
 *
 * @param target name of the target in the configuration; empty for a bare path
 * @param path absolute path of the backup
 * @param freshnessQuery gives the newest time in the data; empty to take it from the WAL
 * @param database that the query and the assertions are asked in
 * @param zone in which times without a zone are read
 * @param maxAge how old the newest data may be
 * @param assertions SQL, each with one row and one column that must be true
 * @param walArchive directory with WAL segments that the backup does not bring
 * @param recoveryTimeout how long recovery may take
 * @param stayTimeout how long the whole stay in the container may take
 * @param timeouts how long each of the other parts may take
 * @param superuser role to connect as
 * @param keep how long a restored copy that was not proven is kept for a look; zero for not at all
 * @param patience how long people may take to decide about it
 * @param askedBy who asked
 * @param timeline along which the WAL is replayed; empty for the usual one
 */
public record VerificationRequest(
    Optional<String> target,
    Path path,
    Optional<String> freshnessQuery,
    String database,
    ZoneId zone,
    Duration maxAge,
    List<String> assertions,
    Depth depth,
    Optional<Path> walArchive,
    Duration recoveryTimeout,
    Duration stayTimeout,
    Timeouts timeouts,
    String superuser,
    Resources resources,
    Duration keep,
    Patience patience,
    String askedBy,
    Optional<RecoveryTimeline> timeline) {

  public static final Duration DEFAULT_MAX_AGE = Duration.ofHours(24);
  public static final Duration DEFAULT_RECOVERY_TIMEOUT = Duration.ofHours(1);
  public static final String DEFAULT_DATABASE = "postgres";
  public static final String DEFAULT_SUPERUSER = "postgres";
  public static final ZoneId DEFAULT_ZONE = ZoneId.of("UTC");
  public static final Depth DEFAULT_DEPTH = Depth.STANDARD;
  public static final Duration DEFAULT_KEEP = Duration.ZERO;

  public VerificationRequest {
    assertions = List.copyOf(assertions);
    // Evidence of earlier versions has none.
    patience = patience == null ? Patience.DEFAULT : patience;
    timeouts = timeouts == null ? Timeouts.DEFAULT : timeouts;
    timeline = timeline == null ? Optional.empty() : timeline;
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(path + " must be absolute");
    }
  }

  /** Along the usual timeline. */
  public VerificationRequest(
      Optional<String> target,
      Path path,
      Optional<String> freshnessQuery,
      String database,
      ZoneId zone,
      Duration maxAge,
      List<String> assertions,
      Depth depth,
      Optional<Path> walArchive,
      Duration recoveryTimeout,
      Duration stayTimeout,
      Timeouts timeouts,
      String superuser,
      Resources resources,
      Duration keep,
      Patience patience,
      String askedBy) {
    this(
        target,
        path,
        freshnessQuery,
        database,
        zone,
        maxAge,
        assertions,
        depth,
        walArchive,
        recoveryTimeout,
        stayTimeout,
        timeouts,
        superuser,
        resources,
        keep,
        patience,
        askedBy,
        Optional.empty());
  }

  /** Along which timeline the WAL is replayed, whether it was said or not. */
  public RecoveryTimeline recoveryTimeline() {
    return timeline.orElse(RecoveryTimeline.standard(walArchive.isPresent()));
  }

  /**
   * What a run may use of the host.
   *
   * @param memoryBytes of memory, for its container
   * @param cpus share of processors, for its container
   * @param diskBytes that all it writes may take on the file system of the state directory; empty
   *     where only the reserve bounds it
   */
  public record Resources(long memoryBytes, double cpus, Optional<Long> diskBytes) {
    public static final Resources DEFAULT = new Resources(1L << 30, 1.0, Optional.empty());

    /** A server does not start with less. */
    static final long LEAST_MEMORY_BYTES = 256L << 20;

    /** An empty cluster with its WAL hardly takes less. */
    static final long LEAST_DISK_BYTES = 64L << 20;

    static final double LEAST_CPUS = 0.05;
    static final double MOST_CPUS = 1024;
  }

  /**
   * How long people may take to decide.
   *
   * @param remindAfter until they are reminded, and from one reminder to the next
   * @param escalateAfter until it goes on without them
   */
  public record Patience(Duration remindAfter, Duration escalateAfter) {
    public static final Patience DEFAULT = new Patience(Duration.ofHours(4), Duration.ofHours(24));

    /** By default: as {@link #DEFAULT} says, or half-way where it is escalated sooner than that. */
    static Duration remindAfter(Duration escalateAfter) {
      return DEFAULT.remindAfter.compareTo(escalateAfter) < 0
          ? DEFAULT.remindAfter
          : escalateAfter.dividedBy(2);
    }

    /** Whether anybody is reminded before it goes on without them. */
    public boolean reminds() {
      return remindAfter.compareTo(escalateAfter) < 0;
    }
  }

  /**
   * How long the parts of a verification may take, recovery aside.
   *
   * @param inspection of what the backup says of itself
   * @param restore of all its files
   * @param checks all together
   * @param statement each of the query and the assertions
   */
  public record Timeouts(
      Duration inspection, Duration restore, Duration checks, Duration statement) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofMinutes(30),
            Duration.ofHours(6),
            Duration.ofHours(6),
            Duration.ofMinutes(10));

    /** For what comes between the parts, the teardown included. */
    private static final Duration BETWEEN = Duration.ofHours(1);

    /** How long a stay may take that keeps all these limits. */
    public Duration stay(Duration recovery) {
      return restore.plus(recovery).plus(checks).plus(BETWEEN);
    }
  }

  /** The same request, asked by someone else. */
  public VerificationRequest by(String person) {
    return new VerificationRequest(
        target,
        path,
        freshnessQuery,
        database,
        zone,
        maxAge,
        assertions,
        depth,
        walArchive,
        recoveryTimeout,
        stayTimeout,
        timeouts,
        superuser,
        resources,
        keep,
        patience,
        person,
        timeline);
  }
}
