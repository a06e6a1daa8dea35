package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Verdicts from the trails of real runs, which were all proven: as they were recorded, and with
 * anything of them lost or moved.
 */
class RunProjectionTest {
  private static final RunId RUN = new RunId("20261130-160851-snjm");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ASKED = Evidence.kind(Evidence.Asked.class);
  private static final String ATTEMPT = Evidence.kind(Evidence.AttemptBegun.class);
  private static final String VERDICT = Evidence.kind(Evidence.VerdictReached.class);
  private static final Set<String> TEARDOWN =
      Set.of(
          Evidence.kind(Evidence.ContainerDestroyed.class),
          Evidence.kind(Evidence.FilesRemoved.class));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quick",
        "standard",
        "deep",
        "deep-plain",
        "deep-without-checksums",
        "standard-without-manifest"
      })
  void onlyACompleteLogIsProven(String name) {
    List<EvidenceEntry> trail = trail(name);
    assertThat(word(trail)).isEqualTo("proven");
    for (EvidenceEntry left : trail) {
      List<EvidenceEntry> rest = new ArrayList<>(trail);
      rest.remove(left);
      if (left.kind().equals(ASKED)) {
        assertThatThrownBy(() -> word(rest)).isInstanceOf(IllegalStateException.class);
      } else {
        assertThat(word(rest))
            .as("without " + left)
            .isEqualTo(left.kind().equals(VERDICT) ? "proven" : "inconclusive");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quick",
        "standard",
        "deep",
        "deep-plain",
        "deep-without-checksums",
        "standard-without-manifest"
      })
  void aLogWithoutACheckIsNotProven(String name) throws IOException {
    List<EvidenceEntry> trail = trail(name);
    int checks = 0;
    for (int at = 0; at < trail.size(); at++) {
      if (trail.get(at).kind().equals(VERDICT)) {
        continue;
      }
      ObjectNode body = (ObjectNode) JSON.readTree(trail.get(at).body());
      for (int check = 0; check < body.path("checks").size(); check++, checks++) {
        ObjectNode without = body.deepCopy();
        ((ArrayNode) without.get("checks")).remove(check);
        assertThat(word(with(trail, at, without))).as(without.toString()).isEqualTo("inconclusive");
        ObjectNode skipped = body.deepCopy();
        ((ObjectNode) skipped.get("checks").get(check))
            .put("outcome", "skipped")
            .putNull("inapplicable");
        assertThat(word(with(trail, at, skipped))).as(skipped.toString()).isEqualTo("inconclusive");
      }
      for (String member :
          List.of("check", "recovery", "freshness", "pageChecksums", "findings", "backup")) {
        if (body.hasNonNull(member)) {
          List<EvidenceEntry> lost = with(trail, at, body.deepCopy().putNull(member));
          assertThatCodeNeverProves(lost);
        }
      }
    }
    assertThat(checks).isGreaterThanOrEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"10, proven", "11, inconclusive", "18, inconclusive", "99, inconclusive"})
  void onlyAVersionWithoutAChecksumProgramMayLackTheCheck(String version, String word)
      throws IOException {
    List<EvidenceEntry> trail = trail("deep");
    for (int at = 0; at < trail.size(); at++) {
      ObjectNode body = (ObjectNode) JSON.readTree(trail.get(at).body());
      if (trail.get(at).kind().equals(Evidence.kind(Evidence.Restored.class))) {
        ((ObjectNode) body.get("backup")).put("postgresVersion", version);
        trail = with(trail, at, body);
      }
      for (JsonNode check : body.path("checks")) {
        if (check.path("name").asText().equals("checksums")) {
          ((ObjectNode) check).put("outcome", "skipped").put("inapplicable", "version");
          trail = with(trail, at, body);
        }
      }
    }
    assertThat(word(trail)).isEqualTo(word);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quick", "deep", "deep-plain"})
  void aLogInAnotherOrderIsNotProven(String name) {
    List<EvidenceEntry> trail = trail(name);
    int moved = 0;
    for (int from = 1; from < trail.size() - 1; from++) {
      for (int to = 1; to < trail.size() - 1; to++) {
        List<EvidenceEntry> other = new ArrayList<>(trail);
        other.add(to, other.remove(from));
        boolean same = kinds(other).equals(kinds(trail));
        assertThat(word(other))
            .as(kinds(other).toString())
            .isEqualTo(same ? "proven" : "inconclusive");
        moved += same ? 0 : 1;
      }
    }
    assertThat(moved).isGreaterThan(100);
  }

  @Test
  void aDuplicateEntryReplacesNoMissingEntry() {
    List<EvidenceEntry> trail = trail("deep");
    for (int at = 0; at < trail.size(); at++) {
      List<EvidenceEntry> twice = new ArrayList<>(trail);
      twice.add(at, trail.get(at));
      assertThat(word(twice))
          .as(trail.get(at).kind())
          .isEqualTo(trail.get(at).kind().equals(ATTEMPT) ? "inconclusive" : "proven");
      assertThat(RunProjection.of(twice).report("r").coverage().checks())
          .extracting(Check::name)
          .doesNotHaveDuplicates();
      // And what came twice does not make up for another that is lost.
      for (int lost = 1; lost < twice.size() - 1; lost++) {
        List<EvidenceEntry> rest = new ArrayList<>(twice);
        EvidenceEntry gone = rest.remove(lost);
        if (!kinds(rest).contains(gone.kind())) {
          assertThat(word(rest)).isEqualTo("inconclusive");
        }
      }
    }
  }

  /** However far the first attempt came before it was cut off, and however far the next one. */
  @Test
  void anInterruptedAttemptProvesNothingForTheNext() {
    List<EvidenceEntry> trail = trail("deep");
    int begun = kinds(trail).indexOf(ATTEMPT);
    List<EvidenceEntry> before = trail.subList(0, begun);
    List<EvidenceEntry> attempt = trail.subList(begun, trail.size() - 1);
    for (int first = 1; first <= attempt.size(); first++) {
      for (int second = 0; second <= attempt.size(); second++) {
        List<EvidenceEntry> both = new ArrayList<>(before);
        both.addAll(attempt.subList(0, first));
        both.add(entry(new Evidence.Interrupted(1)));
        attempt.stream()
            .filter(evidenceEntry -> TEARDOWN.contains(evidenceEntry.kind()))
            .forEach(both::add);
        both.addAll(attempt.subList(0, second));
        assertThat(word(both))
            .as(first + " of the first and " + second + " of the second")
            .isEqualTo(second == attempt.size() ? "proven" : "inconclusive");

        // The same without a word of the next attempt's beginning, or of the first one's end.
        List<EvidenceEntry> resumed = new ArrayList<>(before);
        resumed.addAll(attempt.subList(0, first));
        resumed.add(entry(new Evidence.Interrupted(1)));
        resumed.addAll(attempt.subList(Math.max(1, second), attempt.size()));
        assertThat(word(resumed)).isEqualTo("inconclusive");
        List<EvidenceEntry> silent = new ArrayList<>(before);
        silent.addAll(attempt.subList(0, first));
        silent.addAll(attempt.subList(0, second));
        if (second > 0) {
          assertThat(word(silent)).isEqualTo("inconclusive");
        }
      }
    }
  }

  @Test
  void aFindingDecidesWhateverFollows() {
    List<EvidenceEntry> trail = trail("deep");
    int begun = kinds(trail).indexOf(ATTEMPT);
    EvidenceEntry found =
        entry(new Evidence.Found(Finding.of(Reason.WAL_MISSING, "a segment is missing")));
    for (int at = 1; at <= trail.size(); at++) {
      List<EvidenceEntry> refuted = new ArrayList<>(trail);
      refuted.add(at, found);
      assertThat(word(refuted)).isEqualTo("refuted");
    }
    List<EvidenceEntry> again = new ArrayList<>(trail.subList(0, begun + 1));
    again.addAll(List.of(found, entry(new Evidence.Interrupted(1))));
    again.addAll(trail.subList(begun, trail.size() - 1));
    assertThat(word(again)).isEqualTo("refuted");
  }

  @Test
  void objectivesAreComparedWithWhatWasMeasured() throws IOException {
    List<EvidenceEntry> trail = trail("standard");
    Report without = RunProjection.of(trail).report("r");
    assertThat(without.objectives().rto()).isNull();
    assertThat(without.objectives().rpo())
        .isEqualTo(
            new Report.Objective(
                without.freshness().maxAgeSeconds(), without.freshness().ageSeconds(), true));
    long millis = without.times().restoreTimeMillis();
    // The phases are rounded one by one.
    assertThat(millis).isPositive().isCloseTo(restorePhases(without), within(2L));

    Report met =
        RunProjection.of(withRto(trail, Duration.ofMillis(millis).plusNanos(999_999))).report("r");
    assertThat(met.objectives().rto().met()).isTrue();
    assertThat(met.objectives().rto().actualSeconds()).isEqualTo(millis / 1000 + 1);
    Report missed = RunProjection.of(withRto(trail, Duration.ofMillis(millis - 1))).report("r");
    assertThat(missed.objectives().rto().met()).isFalse();
    assertThat(missed.verdict()).isEqualTo(Verdict.PROVEN);
    assertThat(missed.times()).isEqualTo(met.times());
  }

  @Test
  void anObjectiveThatWasNotMeasuredIsNeitherMetNorMissed() throws IOException {
    List<EvidenceEntry> trail = withRto(trail("standard"), Duration.ofHours(1));
    int recovered = kinds(trail).indexOf(Evidence.kind(Evidence.Recovered.class));
    List<EvidenceEntry> broken = new ArrayList<>(trail.subList(0, recovered));
    broken.add(entry(new Evidence.Found(Finding.of(Reason.WAL_MISSING, "a segment is missing"))));
    Report report = RunProjection.of(broken).report("r");
    assertThat(report.times().restoreTimeMillis()).isNull();
    assertThat(report.objectives().rto()).isEqualTo(new Report.Objective(3_600, null, null));
    assertThat(report.objectives().rpo().actualSeconds()).isNull();
    assertThat(report.objectives().rpo().met()).isNull();
  }

  /** A person who restores would not wait for what the machine of pgproof cut off. */
  @Test
  void theRestoreTimeIsThatOfTheLastAttempt() {
    List<EvidenceEntry> trail = trail("standard");
    int begun = kinds(trail).indexOf(ATTEMPT);
    List<EvidenceEntry> twice = new ArrayList<>(trail.subList(0, trail.size() - 4));
    twice.add(later(entry(new Evidence.Interrupted(1)), Duration.ofMinutes(30)));
    twice.add(later(attempt(trail.get(begun), 2), Duration.ofHours(1)));
    trail.subList(begun + 1, trail.size()).stream()
        .map(evidenceEntry -> later(evidenceEntry, Duration.ofHours(1)))
        .forEach(twice::add);
    Report once = RunProjection.of(trail).report("r");
    Report again = RunProjection.of(twice).report("r");

    assertThat(again.verdict()).isEqualTo(Verdict.PROVEN);
    assertThat(restorePhases(again)).isGreaterThan(restorePhases(once));
    assertThat(again.times().restoreTimeMillis())
        .isCloseTo(once.times().restoreTimeMillis(), within(restorePhases(once)))
        .isEqualTo(
            Duration.between(
                    trail.get(begun).at(),
                    trail.get(kinds(trail).indexOf(Evidence.kind(Evidence.Recovered.class))).at())
                .toMillis());
  }

  private static EvidenceEntry attempt(EvidenceEntry first, int attempt) {
    return new EvidenceEntry(
        first.id(),
        first.run(),
        first.at(),
        first.kind(),
        first.schema(),
        first.actor(),
        EvidenceJson.write(new Evidence.AttemptBegun(attempt)));
  }

  private static EvidenceEntry later(EvidenceEntry entry, Duration by) {
    return new EvidenceEntry(
        entry.id(),
        entry.run(),
        entry.at().plus(by),
        entry.kind(),
        entry.schema(),
        entry.actor(),
        entry.body());
  }

  private static long restorePhases(Report report) {
    return report.phases().stream()
        .filter(phase -> List.of("restore", "start", "recover").contains(phase.name()))
        .mapToLong(Report.PhaseFacts::millis)
        .sum();
  }

  private static List<EvidenceEntry> withRto(List<EvidenceEntry> trail, Duration objective)
      throws IOException {
    ObjectNode asked = (ObjectNode) JSON.readTree(trail.get(0).body());
    ((ObjectNode) asked.get("request")).put("rtoObjective", objective.toString());
    return with(trail, 0, asked);
  }

  /** A check of which two steps tell is one check, and the graver outcome is its outcome. */
  @Test
  void eachCheckIsListedOnceInAReport() throws IOException {
    List<EvidenceEntry> trail = trail("standard");
    int at = kinds(trail).indexOf(Evidence.kind(Evidence.Checked.class));
    ObjectNode body = (ObjectNode) JSON.readTree(trail.get(at).body());
    ((ArrayNode) body.get("checks"))
        .add(
            JSON.readTree(
                EvidenceJson.write(
                    Check.mismatch("recovery", "the image lacks pg_cron", Duration.ofMillis(5)))));
    Report report = RunProjection.of(with(trail, at, body)).report("r");

    assertThat(report.verdict().word()).isEqualTo("proven");
    assertThat(report.coverage().checks()).extracting(Check::name).doesNotHaveDuplicates();
    assertThat(report.coverage().checks())
        .filteredOn(check -> check.name().equals("recovery"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.outcome().word()).isEqualTo("mismatch");
              assertThat(check.detail())
                  .startsWith("consistent at ")
                  .endsWith("; the image lacks pg_cron");
            });
  }

  /**
   * What was written before a proof needed all of today's evidence is read as it was, and proves
   * nothing anew.
   */
  @Test
  void anOlderLogKeepsItsVerdictAndReachesNoNewOne() throws IOException {
    List<EvidenceEntry> older = new ArrayList<>();
    for (EvidenceEntry evidenceEntry : trail("standard")) {
      if (Set.of("RecoveryPrepared", "ContainerCreated", "ChecksBegun")
          .contains(evidenceEntry.kind())) {
        continue;
      }
      ObjectNode body = (ObjectNode) JSON.readTree(evidenceEntry.body());
      body.remove(List.of("timeline", "neededLsn", "pageChecksums", "findings"));
      body.path("checks").forEach(check -> ((ObjectNode) check).remove("inapplicable"));
      older.add(
          new EvidenceEntry(
              evidenceEntry.id(),
              evidenceEntry.run(),
              evidenceEntry.at(),
              evidenceEntry.kind(),
              evidenceEntry.schema(),
              evidenceEntry.actor(),
              body.toString()));
    }
    assertThat(word(older)).isEqualTo("proven");
    assertThat(RunProjection.of(older).conclusion().message())
        .contains("restores, recovers and answers");
    older.remove(older.size() - 1);
    assertThat(RunProjection.of(older).conclusion().reason()).isEqualTo(Reason.EVIDENCE_MISSING);
  }

  private static void assertThatCodeNeverProves(List<EvidenceEntry> trail) {
    try {
      assertThat(word(trail)).isNotEqualTo("proven");
    } catch (NullPointerException e) {
      // What cannot be read reaches no verdict at all.
    }
  }

  private static String word(List<EvidenceEntry> trail) {
    return RunProjection.of(trail).conclusion().verdict().word();
  }

  private static List<String> kinds(List<EvidenceEntry> trail) {
    List<String> kinds = new ArrayList<>(trail.stream().map(EvidenceEntry::kind).toList());
    // The teardown's two parts may come in either order.
    int destroyed = kinds.indexOf(Evidence.kind(Evidence.ContainerDestroyed.class));
    int removed = kinds.indexOf(Evidence.kind(Evidence.FilesRemoved.class));
    if (removed >= 0 && removed == destroyed - 1) {
      Collections.swap(kinds, removed, destroyed);
    }
    return kinds;
  }

  private static List<EvidenceEntry> with(List<EvidenceEntry> trail, int at, ObjectNode body) {
    List<EvidenceEntry> other = new ArrayList<>(trail);
    EvidenceEntry was = trail.get(at);
    other.set(
        at,
        new EvidenceEntry(
            was.id(), was.run(), was.at(), was.kind(), was.schema(), was.actor(), body.toString()));
    return other;
  }

  private static EvidenceEntry entry(Evidence evidence) {
    return new EvidenceEntry(
        1,
        RUN,
        Instant.parse("2026-11-30T16:09:00Z"),
        Evidence.kind(evidence.getClass()),
        1,
        "pgproof",
        EvidenceJson.write(evidence));
  }

  /** One line an entry: kind, time, body. */
  private static List<EvidenceEntry> trail(String name) {
    try (InputStream in = RunProjectionTest.class.getResourceAsStream("trails/" + name + ".txt")) {
      List<EvidenceEntry> entries = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] parts = line.split(" ", 3);
        entries.add(
            new EvidenceEntry(
                entries.size() + 1,
                RUN,
                Instant.parse(parts[1]),
                parts[0],
                1,
                "pgproof",
                parts[2]));
      }
      return entries;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
