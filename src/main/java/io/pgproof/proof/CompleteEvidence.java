package io.pgproof.proof;

import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Report.BackupFacts;
import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.proof.Report.RecoveryFacts;
import io.pgproof.proof.RunFacts.Restored;
import io.pgproof.proof.RunFacts.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Requires complete evidence for a proof: anything that the run did not record counts as not done.
 *
 * <p>A check that does not apply must say so itself. pgproof accepts this only if the other
 * recorded facts confirm it.
 */
final class CompleteEvidence {
  /** Checks that count as made even if they report a difference of the environment. */
  private static final Set<String> MAY_DIFFER = Set.of("recovery", "indexes");

  private final RunFacts facts;
  private final List<String> missing = new ArrayList<>();

  private CompleteEvidence(RunFacts facts) {
    this.facts = facts;
  }

  /**
   * Returns what a proof needs but the run did not record, each in a few words; empty if the
   * evidence is complete.
   */
  static List<String> missing(RunFacts facts) {
    CompleteEvidence evidence = new CompleteEvidence(facts);
    evidence.requireStages();
    if (evidence.missing.isEmpty()) {
      evidence.requireOneBackup();
      evidence.requireRecovery();
      evidence.requireChecks();
      evidence.requireFreshness();
      evidence.requireFindings();
    }
    return List.copyOf(evidence.missing);
  }

  private void require(boolean there, String what) {
    if (!there) {
      missing.add(what);
    }
  }

  private void requireStages() {
    int before = -1;
    for (Stage stage : Stage.values()) {
      int at = facts.stages().indexOf(stage);
      require(at >= 0, stage.description());
      require(at < 0 || at > before, stage.description() + " in the right order");
      if (!stage.tearsDown()) {
        before = Math.max(before, at);
      }
    }
    require(
        Collections.frequency(facts.stages(), Stage.ATTEMPT_BEGUN) <= 1,
        "the outcome of the attempt before the last one");
  }

  private void requireOneBackup() {
    BackupFacts inspected = facts.inspected();
    if (inspected == null || facts.restored() == null) {
      missing.add("the identity of the backup");
    } else {
      BackupFacts restored = facts.restored().backup();
      require(
          Objects.equals(inspected.startLsn(), restored.startLsn())
              && Objects.equals(inspected.startTime(), restored.startTime())
              && (inspected.systemIdentifier() == null
                  || inspected.systemIdentifier().equals(restored.systemIdentifier())),
          "that the restored backup is the inspected one");
      require(
          !restored.format().equals("tar")
              || (!restored.archives().isEmpty()
                  && restored.archives().stream().allMatch(archive -> archive.sha256() != null)),
          "the SHA-256 of each archive");
    }
  }

  private void requireRecovery() {
    RecoveryFacts recovery = facts.recovery();
    if (recovery == null || !recovery.consistent() || recovery.endLsn() == null) {
      missing.add("that recovery reached the consistent state");
      return;
    }
    String needed = facts.restored() == null ? null : facts.restored().neededLsn();
    if (needed != null) {
      require(
          Long.compareUnsigned(parseLsn(recovery.endLsn()), parseLsn(needed)) >= 0,
          "that recovery reached the backup's end at " + needed);
    }
  }

  /** Parses an LSN in PostgreSQL's text form: two halves in hexadecimal. */
  private static long parseLsn(String lsn) {
    String[] halves = lsn.split("/");
    return Long.parseUnsignedLong(halves[0], 16) << 32 | Long.parseUnsignedLong(halves[1], 16);
  }

  private void requireChecks() {
    Restored restored = facts.restored();
    if (restored == null || restored.pageChecksums() == null) {
      missing.add("whether the cluster has page checksums");
      return;
    }
    requiredChecks(facts.asked(), restored, restored.pageChecksums())
        .forEach(
            (name, excuses) -> {
              Optional<Check> check =
                  facts.checks().stream().filter(each -> each.name().equals(name)).findFirst();
              require(check.isPresent(), "the check " + name);
              require(
                  check.isEmpty()
                      || wasMade(check.get())
                      || check.map(Check::inapplicable).filter(excuses::contains).isPresent(),
                  "that the check " + name + " was completed");
            });
  }

  /**
   * Returns the checks that the depth requires for this backup, each with the accepted reasons for
   * skipping it.
   */
  private static Map<String, Set<Inapplicable>> requiredChecks(
      RunFacts.Asked asked, Restored restored, boolean pageChecksums) {
    BackupFacts backup = restored.backup();
    boolean standard = asked.depth().atLeast(Depth.STANDARD);
    Set<Inapplicable> depth = standard ? Set.of() : Set.of(Inapplicable.DEPTH);
    Set<Inapplicable> noManifest = Set.of(Inapplicable.NO_MANIFEST);
    Map<String, Set<Inapplicable>> named = new LinkedHashMap<>();
    named.put("archive", Set.of());
    // A chain can contain members with a manifest and members without one.
    named.put(
        "manifest",
        backup.format().equals("incremental")
            ? union(noManifest, depth)
            : backup.manifest() == null ? noManifest : depth);
    named.put("pages", pageChecksums ? depth : Set.of(Inapplicable.NO_CHECKSUMS));
    named.put("recovery", Set.of());
    named.put("freshness", Set.of());
    for (int n = 1; n <= asked.assertions(); n++) {
      named.put("assertion:" + n, Set.of());
    }
    if (standard) {
      named.put("indexes", Set.of());
    }
    if (asked.depth().atLeast(Depth.DEEP)) {
      named.put("rows", Set.of());
      named.put(
          "checksums",
          !pageChecksums
              ? Set.of(Inapplicable.NO_CHECKSUMS)
              : restored.checksumProgram() ? Set.of() : Set.of(Inapplicable.VERSION));
    }
    return named;
  }

  private static Set<Inapplicable> union(Set<Inapplicable> one, Set<Inapplicable> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns whether the check was made. A freshness check that failed because the data are too old
   * was made, too.
   */
  private boolean wasMade(Check check) {
    return check.outcome() == Outcome.PASSED
        || (check.outcome() == Outcome.MISMATCH && MAY_DIFFER.contains(check.name()))
        || (check.name().equals("freshness") && check.outcome() == Outcome.FAILED && isTooOld());
  }

  private boolean isTooOld() {
    return facts.findings().stream().anyMatch(finding -> finding.verdict() == Verdict.STALE);
  }

  private void requireFreshness() {
    FreshnessFacts freshness = facts.freshness();
    require(
        freshness != null
            && freshness.newest() != null
            && freshness.ageSeconds() != null
            && (freshness.ageSeconds() <= freshness.maxAgeSeconds() || isTooOld()),
        "the age of the newest data");
  }

  private void requireFindings() {
    require(
        facts.objections() != null && facts.findings().size() >= facts.objections(),
        "all findings of the checks");
  }
}
