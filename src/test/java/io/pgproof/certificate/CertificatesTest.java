package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproof.ClockHold;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.limit.BusyException;
import io.pgproof.proof.Digests;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.timestamp.TimestampRequest;
import io.pgproof.timestamp.TimestampServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which runs get a certificate, and what it says. */
class CertificatesTest extends IssuedCertificate {
  @ParameterizedTest
  @MethodSource("certified")
  void everythingInACertificateFits(RunId run) throws Exception {
    Path pack = place.resolve("pack");
    runs.certificates().issue(run.value()).write(pack);
    assertThat(verify(pack, null)).contains("run     " + run, "Compare these two");
  }

  /** Each command of VERIFY.txt, as a stranger runs it. */
  @Test
  void programsOfOthersVerifyTheCertificate() throws Exception {
    Path pack = written(refuted);
    List<String> commands =
        new String(refuted.get("VERIFY.txt"), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("    ") && !line.startsWith("     "))
            .map(String::strip)
            .toList();
    StringBuilder said = new StringBuilder();
    for (String command : commands) {
      said.append(run(pack, "bash", "-ec", command));
    }
    assertThat(commands).hasSize(6);
    String docs = Files.readString(Path.of("docs/certificates.md"));
    assertThat(commands.subList(0, 5))
        .allSatisfy(
            command ->
                assertThat(docs)
                    .contains("\n" + command.replace("pgproof@db_proof-1", "pgproof@HOST") + "\n"));
    assertThat(said)
        .contains(
            "OK      everything in . fits",
            "certificate.json: OK",
            "proofs/",
            "Good \"pgproof-certificate\" signature for pgproof@db_proof-1",
            "Verified OK",
            "Signature Verified Successfully")
        .doesNotContain("FAILED");
    assertThat(
            run(
                pack,
                "bash",
                "-ec",
                commands.get(3).replace("-s ", "-O verify-time=20990101 -s ")
                    + " && exit 1 || echo refused"))
        .contains("refused");
  }

  @Test
  void theStatementSaysWhatWasRecordedAndNothingElse() throws Exception {
    JsonNode proven =
        JSON.readTree(
            runs.certificates().issue(RecordedRuns.PROVEN.value()).files().get("certificate.json"));
    assertThat(proven.at("/_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(proven.at("/subject/0/name").asText()).isEqualTo("base.tar.gz");
    assertThat(proven.at("/subject/0/digest/sha256").asText()).isEqualTo("0a".repeat(32));
    assertThat(proven.at("/predicate/result").asText()).isEqualTo("PASSED");
    assertThat(proven.at("/predicate/passedTests").toString())
        .isEqualTo("[\"archive\",\"manifest\",\"pages\",\"recovery\",\"freshness\",\"indexes\"]");
    JsonNode facts = proven.at("/predicate/pgproof");
    assertThat(facts.at("/rpo/met").asBoolean()).isTrue();
    assertThat(facts.at("/rpo/ageSeconds").asLong()).isEqualTo(4 * 3600);
    assertThat(facts.at("/rto/objectiveSeconds").isNull()).isTrue();
    assertThat(facts.at("/depth").asText()).isEqualTo("standard");
    assertThat(facts.at("/isolation/container").asText()).isEqualTo("pgproof-1");
    assertThat(facts.at("/doesNotShow")).hasSize(7);
    JsonNode broken = JSON.readTree(refuted.get("certificate.json"));
    assertThat(broken.at("/predicate/result").asText()).isEqualTo("FAILED");
    assertThat(broken.at("/predicate/failedTests/0").asText()).isEqualTo("archive");
    assertThat(broken.at("/subject/0/name").asText()).isEqualTo("evidence.ndjson");
    assertThat(broken.at("/predicate/pgproof/recovery").isNull()).isTrue();
    assertThat(broken.at("/predicate/pgproof/isolation").isNull()).isTrue();
    assertThat(broken.at("/predicate/pgproof/people/1/by").asText()).isEqualTo("olga");
    assertThat(broken.at("/predicate/pgproof/people/1/what").asText())
        .endsWith("discard, because: \"disk\" full, see #7 ☂");
    JsonNode stale =
        JSON.readTree(
            runs.certificates().issue(RecordedRuns.STALE.value()).files().get("certificate.json"));
    assertThat(stale.at("/predicate/result").asText()).isEqualTo("WARNED");
    assertThat(stale.at("/predicate/pgproof/rpo/met").asBoolean()).isFalse();
  }

  @Test
  void theStatementSaysHowTheChecksWereTestedAndWhoReviewed() throws Exception {
    JsonNode facts =
        JSON.readTree(
                runs.certificates()
                    .issue(RecordedRuns.PROVEN.value())
                    .files()
                    .get("certificate.json"))
            .at("/predicate/pgproof");
    assertThat(facts.at("/controls").findValuesAsText("layer"))
        .containsExactly("page", "wal", "row");
    assertThat(facts.at("/controls").findValuesAsText("outcome"))
        .containsExactly("caught", "caught", "not-applicable");
    assertThat(facts.at("/controls").findValuesAsText("control"))
        .as("the last one could not tell about pages")
        .containsExactly("20261130-080000-ctra", "20261130-090000-ctrb", "20261130-090000-ctrb");
    assertThat(facts.at("/review/by").asText()).isEqualTo("aude");
    assertThat(facts.at("/review/from").asText()).isEqualTo("2026-02-01");
    assertThat(facts.at("/review/decision").asText()).isEqualTo("sign");
    assertThat(facts.at("/log/entries").findValuesAsText("kind"))
        .containsOnlyOnce("ReviewDecided")
        .contains("ControlEnded", "CertificateKeyCreated");
  }

  /** Reviews are about targets: even the review of its day says nothing about such a run. */
  @Test
  void aRunWithoutATargetHasNoReview() throws Exception {
    Map<String, byte[]> files =
        new TreeMap<>(runs.certificates().issue(RecordedRuns.OF_NO_TARGET.value()).files());
    ObjectNode statement = (ObjectNode) JSON.readTree(files.get("certificate.json"));
    ObjectNode facts = (ObjectNode) statement.at("/predicate/pgproof");
    assertThat(facts.at("/target").isNull()).isTrue();
    assertThat(facts.at("/review").isNull()).isTrue();
    assertThat(facts.at("/controls").isNull()).isTrue();
    assertThat(facts.at("/log/entries").findValuesAsText("kind")).doesNotContain("ReviewDecided");
    assertThat(verify(written(files), null)).contains("OK      everything");

    Map<String, byte[]> reviewed = runs.certificates().issue(RecordedRuns.PROVEN.value()).files();
    assertThat(reviewed.get("checkpoint")).isEqualTo(files.get("checkpoint"));
    JsonNode other = JSON.readTree(reviewed.get("certificate.json")).at("/predicate/pgproof");
    facts.set("review", other.get("review"));
    addLine("ReviewDecided", other.get("log"), reviewed, (ObjectNode) facts.get("log"), files);
    files =
        signedBy(runs.keys(Clock.systemUTC()).current().key(), statement.toPrettyString(), files);
    assertThat(verify(written(files), null))
        .contains("BROKEN  evidence.ndjson: has a review, but a run without a target")
        .doesNotContain("BROKEN  proofs", "is not entry");
  }

  /** Adds the line of this kind with its proof to a certificate of the same checkpoint. */
  private static void addLine(
      String kind,
      JsonNode log,
      Map<String, byte[]> from,
      ObjectNode toLog,
      Map<String, byte[]> to) {
    TreeMap<Long, String> lines = new TreeMap<>();
    TreeMap<Long, JsonNode> entries = new TreeMap<>();
    for (Map.Entry<JsonNode, Map<String, byte[]>> part :
        List.of(Map.entry((JsonNode) toLog, to), Map.entry(log, from))) {
      List<String> all =
          new String(part.getValue().get("evidence.ndjson"), StandardCharsets.UTF_8)
              .lines()
              .toList();
      for (int i = 0; i < all.size(); i++) {
        JsonNode entry = part.getKey().at("/entries/" + i);
        if (part.getValue() == to || entry.get("kind").asText().equals(kind)) {
          long index = entry.get("index").asLong();
          lines.put(index, all.get(i) + "\n");
          entries.put(index, entry);
          String proof = "proofs/" + index + ".tlog-proof";
          to.put(proof, part.getValue().get(proof));
        }
      }
    }
    byte[] evidence = String.join("", lines.values()).getBytes(StandardCharsets.UTF_8);
    to.put("evidence.ndjson", evidence);
    toLog.put("evidence", Digests.sha256(evidence));
    toLog.putArray("entries").addAll(entries.values());
  }

  @Test
  void aStampedLogIsPartOfLaterCertificates() throws Exception {
    try (TimestampServer authority = new TimestampServer();
        RecordedRuns anchored = new RecordedRuns(Files.createDirectory(place.resolve("state")))) {
      String run = RecordedRuns.REFUTED.value();
      Map<String, byte[]> before = anchored.certificates().issue(run).files();
      assertThat(before).doesNotContainKeys("checkpoint.tsr", "tsa.pem");
      byte[] checkpoint = before.get("checkpoint");
      byte[] answer = authority.stamp(new TimestampRequest(checkpoint).encoded());
      new ServerEvent.LogAnchored(
              ServerEvent.LogAnchored.TSA,
              authority.address().toString(),
              new String(checkpoint, StandardCharsets.UTF_8),
              null,
              new ServerEvent.LogAnchored.Stamp(
                  Instant.now(),
                  "CN=Test TSA",
                  "1",
                  Base64.getEncoder().encodeToString(answer),
                  authority.authorities()))
          .record(anchored.log.evidence, EvidenceLog.PGPROOF);

      Map<String, byte[]> files = anchored.certificates().issue(run).files();
      Path pack = written(files);
      assertThat(files.get("checkpoint")).as("not the last one").isEqualTo(checkpoint);
      assertThat(
              run(
                  pack,
                  "sh",
                  "-c",
                  "openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile tsa.pem"))
          .contains("Verification: OK");
      assertThat(new String(files.get("VERIFY.txt"), StandardCharsets.UTF_8))
          .contains("openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile tsa.pem");
      assertThat(verify(pack, pack)).contains("OK  ");
      Files.write(pack.resolve("checkpoint.tsr"), new byte[1]);
      assertThat(verify(pack, pack)).contains("checkpoint.tsr: was changed");
    }
  }

  @Test
  void onlyTwoAreIssuedAtATimeAndTheOthersAreToldWhenToAskAgain() throws Exception {
    ClockHold clock = new ClockHold();
    Certificates certificates =
        runs.certificates(
            runs.keys(Clock.systemUTC()), clock.on(Clock.systemUTC()), Duration.ofMillis(50));
    String run = RecordedRuns.REFUTED.value();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<CertificatePack>> issued = new ArrayList<>();
    clock.hold();
    try {
      for (int i = 0; i < 2; i++) {
        issued.add(threads.submit(() -> certificates.issue(run)));
      }
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> clock.waiting() == 2);
      assertThatThrownBy(() -> certificates.issue(run))
          .isInstanceOfSatisfying(
              BusyException.class,
              busy -> {
                assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                assertThat(busy.finding().hint()).isEqualTo("ask again in 1 s");
              });
    } finally {
      clock.release();
      threads.shutdown();
    }
    for (Future<CertificatePack> pack : issued) {
      assertThat(pack.get(60, TimeUnit.SECONDS).run()).isEqualTo(run);
    }
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> certificates.issue("shop"))
          .as("a refused request takes no turn from others")
          .isInstanceOf(UsageException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "20261201-060000-inco | run 20261201-060000-inco is inconclusive, so there is nothing to certify: the restore needs more space (disk-full)",
        "20261201-070000-unde | run 20261201-070000-unde has no verdict yet",
        "20261201-080000-cont | is part of a negative control 20261201-080000-ctrl of shop (page: a flipped bit), so it says nothing",
        "20261201-080000-ctrl | there is no run 20261201-080000-ctrl",
        "20261201-070000-none | there is no run 20261201-070000-none",
        "shop | shop",
      })
  void otherRunsAreRefused(String run, String why) {
    assertThatThrownBy(() -> runs.certificates().issue(run))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(why);
  }

  @Test
  void anEntryThatWasChangedInTheDatabaseGetsNoCertificate() throws Exception {
    Path state = Files.createDirectory(place.resolve("state"));
    try (RecordedRuns forged = new RecordedRuns(state)) {
      assertThat(forged.certificates().issue(RecordedRuns.REFUTED.value()).files()).isNotEmpty();
      forged.log.force(
          "update pgproof_evidence set body = replace(body, '☂', '!') where kind = 'Decided'");
      assertThatThrownBy(() -> forged.certificates().issue(RecordedRuns.REFUTED.value()))
          .isInstanceOf(FindingException.class)
          .hasMessageMatching(
              "(?s).*no certificate of run .*: entry \\d+ \\(Decided\\) is not what the evidence log holds at position.*");
    }
  }
}
