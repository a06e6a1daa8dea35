package io.pgproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Report.ArchiveFacts;
import io.pgproof.proof.Report.BackupFacts;
import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.proof.Report.ManifestFacts;
import io.pgproof.proof.Report.RecoveryFacts;
import io.pgproof.proof.RunFacts.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompleteEvidenceTest {
  private static final Instant MONDAY = Instant.parse("2026-03-02T03:00:00Z");

  /** Facts of a run that is proven, piece by piece, so that a test changes one of them. */
  static final class Facts {
    Depth depth = Depth.DEEP;
    int major = 15;
    String format = "tar";
    boolean manifest = true;
    Boolean checksums = true;
    int assertions = 2;
    List<Stage> stages = new ArrayList<>(List.of(Stage.values()));
    String inspectedAt = "0/A000028";
    String inspectedSystem = "7420000000000000001";
    List<ArchiveFacts> archives = List.of(new ArchiveFacts("base.tar.gz", 1_000, "0a".repeat(32)));
    String needed = "1/A0D6640";
    RecoveryFacts recovery = new RecoveryFacts(1, true, "1/B000000", MONDAY, List.of());
    FreshnessFacts freshness = new FreshnessFacts(MONDAY, 3_600L, 86_400L, "wal");
    Integer objections = 0;
    final List<Finding> findings = new ArrayList<>();
    final Map<String, Check> checks = new TreeMap<>();

    Facts(Depth depth) {
      this.depth = depth;
      made("archive", "manifest", "pages", "recovery", "freshness", "assertion:1", "assertion:2");
      if (depth.atLeast(Depth.STANDARD)) {
        made("indexes");
      } else {
        inapplicable("manifest", Inapplicable.DEPTH);
        inapplicable("pages", Inapplicable.DEPTH);
      }
      if (depth.atLeast(Depth.DEEP)) {
        made("rows", "checksums");
      }
    }

    void made(String... names) {
      Stream.of(names).forEach(name -> outcome(name, Outcome.PASSED));
    }

    void outcome(String name, Outcome outcome) {
      checks.put(name, new Check(name, outcome, "so it was", 1, null));
    }

    void inapplicable(String name, Inapplicable why) {
      checks.put(name, new Check(name, Outcome.SKIPPED, "so it was", 1, why));
    }

    RunFacts facts() {
      BackupFacts inspected =
          new BackupFacts(
              "/backups/shop",
              format,
              String.valueOf(major),
              inspectedSystem,
              MONDAY,
              inspectedAt,
              1_000L,
              List.of(),
              null);
      BackupFacts restored =
          new BackupFacts(
              "/backups/shop",
              format,
              String.valueOf(major),
              "7420000000000000001",
              MONDAY,
              "0/A000028",
              1_000L,
              archives,
              manifest ? new ManifestFacts("0b".repeat(32)) : null);
      return new RunFacts(
          new RunFacts.Asked(depth, assertions),
          stages,
          inspected,
          new RunFacts.Restored(restored, needed, checksums, major >= 11),
          recovery,
          freshness,
          List.copyOf(checks.values()),
          objections,
          findings);
    }

    Conclusion conclusion() {
      return Conclusion.reach(facts(), "the backup restores");
    }

    void assertMissing(String... words) {
      assertThat(conclusion())
          .returns(Verdict.INCONCLUSIVE, Conclusion::verdict)
          .returns(Reason.EVIDENCE_MISSING, Conclusion::reason);
      assertThat(conclusion().message()).contains(words);
      assertThat(conclusion().hint()).isNotBlank();
    }
  }

  @ParameterizedTest
  @EnumSource(Depth.class)
  void completeEvidenceProves(Depth depth) {
    assertThat(new Facts(depth).conclusion())
        .isEqualTo(new Conclusion(Verdict.PROVEN, Reason.FRESH, "the backup restores", null));
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void eachStageIsRequiredInItsOrder(Stage stage) {
    Facts without = new Facts(Depth.STANDARD);
    without.stages.remove(stage);
    without.assertMissing(stage.description());

    List<Stage> order = List.of(Stage.values());
    for (int place = 0; place < order.size(); place++) {
      Facts moved = new Facts(Depth.STANDARD);
      moved.stages.remove(stage);
      moved.stages.add(place, stage);
      boolean teardown = stage.tearsDown() && place >= order.indexOf(Stage.CONTAINER_DESTROYED);
      assertThat(moved.conclusion().verdict().word())
          .as(moved.stages.toString())
          .isEqualTo(place == order.indexOf(stage) || teardown ? "proven" : "inconclusive");
    }
    Facts twice = new Facts(Depth.STANDARD);
    twice.stages.add(stage);
    assertThat(twice.conclusion().verdict().word())
        .isEqualTo(stage == Stage.ATTEMPT_BEGUN ? "inconclusive" : "proven");
  }

  @ParameterizedTest
  @EnumSource(Depth.class)
  void eachCheckOfTheDepthIsRequired(Depth depth) {
    for (String name : new Facts(depth).checks.keySet()) {
      Facts without = new Facts(depth);
      without.checks.remove(name);
      without.assertMissing("the check " + name);
      for (Outcome outcome : List.of(Outcome.FAILED, Outcome.SKIPPED, Outcome.MISMATCH)) {
        Facts other = new Facts(depth);
        other.outcome(name, outcome);
        if (outcome == Outcome.MISMATCH && List.of("recovery", "indexes").contains(name)) {
          assertThat(other.conclusion().verdict().word()).isEqualTo("proven");
        } else {
          other.assertMissing("that the check " + name + " was completed");
        }
      }
    }
  }

  /** What may be left out says so, with the reason that the other facts bear out. */
  @ParameterizedTest
  @CsvSource({
    "QUICK,    manifest,  depth,        true,  true,  15, proven",
    "QUICK,    pages,     depth,        true,  true,  15, proven",
    "QUICK,    pages,     no-checksums, true,  true,  15, inconclusive",
    "QUICK,    pages,     no-checksums, true,  false, 15, proven",
    "QUICK,    pages,     depth,        true,  false, 15, inconclusive",
    "QUICK,    archive,   depth,        true,  true,  15, inconclusive",
    "STANDARD, manifest,  depth,        true,  true,  15, inconclusive",
    "STANDARD, manifest,  no-manifest,  true,  true,  15, inconclusive",
    "STANDARD, manifest,  no-manifest,  false, true,  15, proven",
    "STANDARD, manifest,  no-manifest,  false, true,  12, proven",
    "STANDARD, pages,     no-checksums, true,  true,  15, inconclusive",
    "STANDARD, pages,     no-checksums, true,  false, 15, proven",
    "STANDARD, pages,     depth,        true,  true,  15, inconclusive",
    "STANDARD, indexes,   version,      true,  true,  10, inconclusive",
    "STANDARD, recovery,  depth,        true,  true,  15, inconclusive",
    "DEEP,     checksums, version,      true,  true,  10, proven",
    "DEEP,     checksums, version,      true,  true,  11, inconclusive",
    "DEEP,     checksums, no-checksums, true,  true,  15, inconclusive",
    "DEEP,     rows,      version,      true,  true,  15, inconclusive",
    "DEEP,     rows,      no-manifest,  false, true,  12, inconclusive"
  })
  void aCheckThatDoesNotApplyCountsAsEvidence(
      Depth depth,
      String name,
      String why,
      boolean manifest,
      boolean checksums,
      int major,
      String word) {
    Facts facts = new Facts(depth);
    facts.major = major;
    facts.manifest = manifest;
    facts.checksums = checksums;
    if (!manifest && !name.equals("manifest")) {
      facts.inapplicable("manifest", Inapplicable.NO_MANIFEST);
    }
    if (!checksums) {
      facts.inapplicable("pages", Inapplicable.NO_CHECKSUMS);
    }
    facts.inapplicable(name, Inapplicable.valueOf(why.replace('-', '_').toUpperCase(Locale.ROOT)));
    assertThat(facts.conclusion().verdict().word()).isEqualTo(word);
  }

  @Test
  void theRestoredBackupMustBeTheInspectedOne() {
    Facts other = new Facts(Depth.STANDARD);
    other.inspectedAt = "0/C000028";
    other.assertMissing("the restored backup is the inspected one");
    Facts cluster = new Facts(Depth.STANDARD);
    cluster.inspectedSystem = "7420000000000000002";
    cluster.assertMissing("the restored backup is the inspected one");
    Facts untold = new Facts(Depth.STANDARD);
    untold.inspectedSystem = null;
    assertThat(untold.conclusion().verdict().word()).isEqualTo("proven");
  }

  @Test
  void eachArchiveNeedsItsSha256() {
    Facts none = new Facts(Depth.STANDARD);
    none.archives = List.of();
    none.assertMissing("SHA-256");
    none.format = "plain";
    assertThat(none.conclusion().verdict().word()).isEqualTo("proven");
    Facts unknown = new Facts(Depth.STANDARD);
    unknown.archives = List.of(new ArchiveFacts("base.tar", 1_000, null));
    unknown.assertMissing("SHA-256");
  }

  @Test
  void recoveryMustReachTheEndOfTheBackup() {
    Facts untold = new Facts(Depth.STANDARD);
    untold.recovery = null;
    untold.assertMissing("consistent state");
    Facts inconsistent = new Facts(Depth.STANDARD);
    inconsistent.recovery = new RecoveryFacts(1, false, "1/B000000", MONDAY, List.of());
    inconsistent.assertMissing("consistent state");
    Facts nowhere = new Facts(Depth.STANDARD);
    nowhere.recovery = new RecoveryFacts(1, true, null, MONDAY, List.of());
    nowhere.assertMissing("consistent state");
    // As numbers: as texts 1/9… would lie behind 1/A…, and F/… behind 10/….
    for (String end : List.of("0/FFFFFFFF", "1/A0D663F", "1/9FFFFFF")) {
      Facts early = new Facts(Depth.STANDARD);
      early.recovery = new RecoveryFacts(1, true, end, MONDAY, List.of());
      early.assertMissing("the backup's end at 1/A0D6640");
    }
    for (String end : List.of("1/A0D6640", "10/0", "FFFFFFFF/0")) {
      Facts reached = new Facts(Depth.STANDARD);
      reached.recovery = new RecoveryFacts(1, true, end, MONDAY, List.of());
      assertThat(reached.conclusion().verdict().word()).as(end).isEqualTo("proven");
    }
    Facts without = new Facts(Depth.STANDARD);
    without.needed = null;
    assertThat(without.conclusion().verdict().word()).isEqualTo("proven");
  }

  @Test
  void itMustBeKnownWhetherThereAreChecksums() {
    Facts facts = new Facts(Depth.STANDARD);
    facts.checksums = null;
    facts.assertMissing("the cluster has page checksums");
  }

  @Test
  void freshnessIsRequired() {
    for (FreshnessFacts answer :
        new FreshnessFacts[] {
          null,
          new FreshnessFacts(null, 1L, 86_400L, "wal"),
          new FreshnessFacts(MONDAY, null, 86_400L, "wal"),
          new FreshnessFacts(MONDAY, 86_401L, 86_400L, "wal")
        }) {
      Facts facts = new Facts(Depth.STANDARD);
      facts.freshness = answer;
      facts.assertMissing("the age of the newest data");
    }
  }

  @Test
  void staleDataNeedTheSameEvidence() {
    Facts stale = new Facts(Depth.STANDARD);
    stale.freshness = new FreshnessFacts(MONDAY, 86_401L, 86_400L, "wal");
    stale.outcome("freshness", Outcome.FAILED);
    stale.findings.add(Finding.of(Reason.TOO_OLD, "too old"));
    assertThat(stale.conclusion().verdict()).isEqualTo(Verdict.STALE);
    stale.checks.remove("indexes");
    stale.assertMissing("the check indexes");
  }

  /**
   * Were one of them lost, a difference that kept a check from being made would look like one that
   * did not.
   */
  @Test
  void eachFindingOfTheChecksMustBeRecorded() {
    Facts lost = new Facts(Depth.STANDARD);
    lost.outcome("indexes", Outcome.MISMATCH);
    lost.objections = 1;
    lost.assertMissing("all findings of the checks");
    Facts untold = new Facts(Depth.STANDARD);
    untold.objections = null;
    untold.assertMissing("all findings of the checks");
  }

  @Test
  void aFindingDecidesBeforeMissingEvidence() {
    Facts refuted = new Facts(Depth.STANDARD);
    refuted.stages.clear();
    refuted.findings.add(Finding.of(Reason.WAL_MISSING, "a segment is missing"));
    assertThat(refuted.conclusion().verdict()).isEqualTo(Verdict.REFUTED);
    Facts unknown = new Facts(Depth.STANDARD);
    unknown.stages.clear();
    unknown.findings.add(Finding.of(Reason.DISK_FULL, "no space"));
    assertThat(unknown.conclusion().reason()).isEqualTo(Reason.DISK_FULL);
  }

  @Test
  void stagesInAnotherOrderNeverProve() {
    Facts reversed = new Facts(Depth.STANDARD);
    Collections.reverse(reversed.stages);
    reversed.assertMissing("in the right order");
  }
}
