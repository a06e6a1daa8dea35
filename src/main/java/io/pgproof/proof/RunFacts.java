package io.pgproof.proof;

import io.pgproof.proof.Report.BackupFacts;
import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.proof.Report.RecoveryFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recorded facts that the verdict of a run depends on.
 *
 * @param asked what the run had to check
 * @param stages stages that recorded their end, in the order of recording; empty for an attempt
 *     that was cut off
 * @param inspected what the backup said about itself before the restore; {@code null} if not
 *     recorded
 * @param restored what the last attempt restored; {@code null} if not recorded
 * @param recovery how far recovery progressed in the last attempt; {@code null} if not recorded
 * @param freshness age of the data; {@code null} if not recorded
 * @param checks checks of the last attempt; each name occurs once
 * @param objections number of findings that the checks reported; {@code null} if they reported no
 *     number
 * @param findings all findings of the run, in the order of discovery
 */
public record RunFacts(
    Asked asked,
    List<Stage> stages,
    @Nullable BackupFacts inspected,
    @Nullable Restored restored,
    @Nullable RecoveryFacts recovery,
    @Nullable FreshnessFacts freshness,
    List<Check> checks,
    @Nullable Integer objections,
    List<Finding> findings) {
  public RunFacts {
    stages = List.copyOf(stages);
    checks = List.copyOf(checks);
    findings = List.copyOf(findings);
  }

  /**
   * What a run had to check.
   *
   * @param assertions number of assertions
   */
  public record Asked(Depth depth, int assertions) {}

  /**
   * A data directory that was written completely.
   *
   * @param neededLsn end of the WAL that the backup needs, from its manifest; {@code null} if the
   *     manifest does not say
   * @param pageChecksums whether the cluster has page checksums; {@code null} if not recorded
   * @param checksumProgram whether this version of PostgreSQL has a program that verifies them
   */
  public record Restored(
      BackupFacts backup,
      @Nullable String neededLsn,
      @Nullable Boolean pageChecksums,
      boolean checksumProgram) {}

  /** The stages of every proof, in this order. */
  public enum Stage {
    INSPECTED("the inspection of the backup"),
    IMAGE_FOUND("the image"),
    ATTEMPT_BEGUN("the start of an attempt"),
    RESTORED("the restored files"),
    RECOVERY_PREPARED("the preparation of recovery"),
    CONTAINER_CREATED("the container"),
    SERVER_STARTED("the start of the server"),
    RECOVERED("the end of recovery"),
    CHECKS_BEGUN("the start of the checks"),
    CHECKED("the checks"),
    CONTAINER_DESTROYED("the removal of the container"),
    FILES_REMOVED("the removal of the restored files");

    private final String what;

    Stage(String what) {
      this.what = what;
    }

    /** Returns what the stage leaves evidence of, in a few words. */
    public String description() {
      return what;
    }

    /**
     * Returns whether the stage belongs to the teardown. Its two parts can appear in either order
     * if the clock was set back.
     */
    boolean tearsDown() {
      return this == CONTAINER_DESTROYED || this == FILES_REMOVED;
    }
  }
}
