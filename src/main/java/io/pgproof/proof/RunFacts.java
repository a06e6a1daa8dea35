package io.pgproof.proof;

import io.pgproof.proof.Report.BackupFacts;
import io.pgproof.proof.Report.CheckFacts;
import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.proof.Report.RecoveryFacts;
import java.util.List;

/**
 * What a run recorded, as far as its verdict rests on it.
 *
 * @param asked what it was to find out
 * @param stages those that recorded their end, in the order of recording; of an attempt that was
 *     cut off there are none
 * @param inspected what the backup said of itself before it was restored; {@code null} where that
 *     was not recorded
 * @param restored what was restored in the last attempt; {@code null} where that was not recorded
 * @param recovery how far the last attempt's recovery came; {@code null} where that was not
 *     recorded
 * @param freshness how old the data are; {@code null} where that was not recorded
 * @param checks of the last attempt, each name once
 * @param objections how many findings the checks said that they made; {@code null} where they did
 *     not say
 * @param findings all of the run, in the order in which they were found
 */
public record RunFacts(
    Asked asked,
    List<Stage> stages,
    BackupFacts inspected,
    Restored restored,
    RecoveryFacts recovery,
    FreshnessFacts freshness,
    List<CheckFacts> checks,
    Integer objections,
    List<Finding> findings) {
  public RunFacts {
    stages = List.copyOf(stages);
    checks = List.copyOf(checks);
    findings = List.copyOf(findings);
  }

  /**
   * What a run was to find out.
   *
   * @param assertions how many there are
   */
  public record Asked(Depth depth, int assertions) {}

  /**
   * A data directory that was written whole.
   *
   * @param neededLsn end of the WAL that the backup needs, by its manifest; {@code null} where that
   *     does not tell
   * @param pageChecksums whether the cluster keeps checksums of its pages; {@code null} where that
   *     was not recorded
   */
  public record Restored(BackupFacts backup, String neededLsn, Boolean pageChecksums) {}

  /** What every proof goes through, in this order. */
  public enum Stage {
    INSPECTED("the inspection of the backup"),
    IMAGE_FOUND("the image"),
    ATTEMPT_BEGUN("the beginning of an attempt"),
    RESTORED("the restored files"),
    RECOVERY_PREPARED("the preparation of recovery"),
    CONTAINER_CREATED("the container"),
    SERVER_STARTED("the server's start"),
    RECOVERED("the end of recovery"),
    CHECKS_BEGUN("the beginning of the checks"),
    CHECKED("the checks"),
    CONTAINER_DESTROYED("the end of the container"),
    FILES_REMOVED("the removal of the restored files");

    private final String what;

    Stage(String what) {
      this.what = what;
    }

    /** What it leaves evidence of, a few words. */
    public String what() {
      return what;
    }

    /** The teardown, whose two parts come in either order where the clock was set back. */
    boolean tearsDown() {
      return this == CONTAINER_DESTROYED || this == FILES_REMOVED;
    }
  }
}
