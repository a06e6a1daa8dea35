package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path shared;
  private static RecordedRuns runs;
  private static Map<String, byte[]> refuted;
  private static Verifier verifier;

  @TempDir private Path place;

  @BeforeAll
  static void issueOne() throws Exception {
    runs = new RecordedRuns(Files.createDirectory(shared.resolve("state")));
    refuted = runs.certificates().issue(RecordedRuns.REFUTED.value()).files();
    verifier =
        Verifier.compile(
            refuted.get("VerifyPgproof.java"),
            Files.createDirectory(shared.resolve("verifier")),
            "-Xlint:all",
            "-Werror");
  }

  @AfterAll
  static void close() {
    runs.close();
  }

  private static String verify(Path pack, Path trusted) throws Exception {
    return verifier.verify(pack, trusted);
  }

  private Path written(Map<String, byte[]> files) throws IOException {
    Path pack = Files.createTempDirectory(place, "pack");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = pack.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return pack;
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

  private static String run(Path directory, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "TMPDIR"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    Path output = Files.createTempFile("pgproof", ".out");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(output);
    Files.delete(output);
    assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + said).isZero();
    return said;
  }

  static List<RunId> certified() {
    return List.of(RecordedRuns.PROVEN, RecordedRuns.STALE, RecordedRuns.REFUTED);
  }

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

  /** Of each file, a byte is flipped, the end cut off, and the file taken away. */
  @Test
  void everyFileThatIsEditedIsNamed() throws Exception {
    Path pack = written(refuted);
    for (Map.Entry<String, byte[]> file : refuted.entrySet()) {
      Path path = pack.resolve(file.getKey());
      byte[] whole = file.getValue();
      List<byte[]> edited = new ArrayList<>();
      for (int at : List.of(0, whole.length / 3, whole.length / 2, whole.length - 2)) {
        byte[] flipped = whole.clone();
        flipped[at] ^= 1;
        edited.add(flipped);
      }
      edited.add(Arrays.copyOf(whole, whole.length - 1));
      edited.add(new byte[0]);
      for (byte[] other : edited) {
        Files.write(path, other);
        assertThat(verify(pack, null)).contains("BROKEN  " + file.getKey(), "NOT OK");
      }
      Files.delete(path);
      assertThat(verify(pack, null)).contains("BROKEN  " + file.getKey() + ": is missing");
      Files.write(path, whole);
    }
    Files.writeString(pack.resolve("more.txt"), "more");
    assertThat(verify(pack, null)).contains("BROKEN  more.txt: is not part of the certificate");
    Files.delete(pack.resolve("more.txt"));
    assertThat(verify(pack, null)).contains("OK      everything");
  }

  @ParameterizedTest
  @ValueSource(strings = {"certificate.html", "certificate.pdf"})
  void sha256sumRefusesAPageThatWasEdited(String page) throws Exception {
    Path pack = written(refuted);
    assertThat(run(pack, "bash", "-ec", "sha256sum -c SHA256SUMS")).contains(page + ": OK");
    byte[] edited = refuted.get(page).clone();
    edited[edited.length / 2] ^= 1;
    Files.write(pack.resolve(page), edited);
    assertThat(run(pack, "bash", "-ec", "sha256sum -c SHA256SUMS && exit 1 || exit 0"))
        .contains(page + ": FAILED");
    assertThat(verify(pack, null)).contains("BROKEN  " + page + ": was changed");
  }

  @Test
  void linesThatAreSwappedOrComeFromAnotherRunAreNamed() throws Exception {
    Map<String, byte[]> files = new TreeMap<>(refuted);
    List<String> lines =
        new ArrayList<>(
            new String(files.get("evidence.ndjson"), StandardCharsets.UTF_8).lines().toList());
    Collections.swap(lines, 0, 1);
    files.put(
        "evidence.ndjson", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    assertThat(verify(written(files), null))
        .contains("evidence.ndjson: line 1 is not entry", "evidence.ndjson: line 2 is not entry");
    Map<String, byte[]> other = runs.certificates().issue(RecordedRuns.PROVEN.value()).files();
    for (String name : refuted.keySet()) {
      if (other.containsKey(name) && !Arrays.equals(other.get(name), refuted.get(name))) {
        Map<String, byte[]> mixed = new TreeMap<>(refuted);
        mixed.put(name, other.get(name));
        assertThat(verify(written(mixed), null)).contains("BROKEN  " + name);
      }
    }
  }

  /** Somebody who has the key, but not that of the log, says something else about the run. */
  @Test
  void aCertificateThatItsEvidenceDoesNotSayIsFoundEvenIfItIsSigned() throws Exception {
    CertificateKey.Signing key = runs.keys(Clock.systemUTC()).current().key();
    String json = new String(refuted.get("certificate.json"), StandardCharsets.UTF_8);
    Map<String, String> edits = new HashMap<>();
    edits.put("\"verdict\" : \"refuted\"", "\"verdict\" : \"proven\"");
    edits.put("\"result\" : \"FAILED\"", "\"result\" : \"PASSED\"");
    edits.put("\"outcome\" : \"failed\"", "\"outcome\" : \"passed\"");
    edits.put("7442019558812345678", "7442019558812345679");
    edits.put("\"kind\" : \"Found\"", "\"kind\" : \"Noted\"");
    for (Map.Entry<String, String> edit : edits.entrySet()) {
      assertThat(json).contains(edit.getKey());
      Map<String, byte[]> files =
          signedBy(key, json.replace(edit.getKey(), edit.getValue()), refuted);
      assertThat(verify(written(files), null))
          .containsAnyOf("BROKEN  certificate.json: ", "BROKEN  evidence.ndjson: line");
    }
    assertThat(verify(written(signedBy(key, json, refuted)), null)).contains("OK      everything");
  }

  /** The same for each member, whatever it says; and for one more, and one less. */
  @ParameterizedTest
  @MethodSource("certified")
  void eachMemberIsComparedWithTheEvidence(RunId run) throws Exception {
    CertificateKey.Signing key = runs.keys(Clock.systemUTC()).current().key();
    Map<String, byte[]> issued = runs.certificates().issue(run.value()).files();
    // They are verified many times.
    issued.keySet().removeIf(name -> name.matches("certificate\\.(html|pdf)|Verify.*"));
    Path pack = written(issued);
    JsonNode root = JSON.readTree(issued.get("certificate.json"));
    JsonNode allEdited = root.deepCopy();
    List<String> together = new ArrayList<>();
    List<String> unseen = new ArrayList<>();
    for (String path : paths("", root)) {
      // What the evidence does not say; and entries of the log that are like the first one.
      if (path.matches("/predicate/pgproof/(issued/(at|program)|log/entries/[1-9].*)")) {
        continue;
      }
      // These end the comparison.
      if (root.at(path).isArray() || path.matches("/predicate/pgproof/(run|log.*)")) {
        JsonNode edited = root.deepCopy();
        edit(edited, path);
        if (!verifyEdited(edited, key, issued, pack).contains("NOT OK")) {
          unseen.add(path);
        }
      } else {
        edit(allEdited, path);
        together.add(root.at(path).isObject() ? path + "/more" : path);
      }
    }
    String said = verifyEdited(allEdited, key, issued, pack);
    together.stream()
        .filter(path -> !said.contains(" says something else at " + path + " than "))
        .forEach(unseen::add);
    assertThat(together).hasSizeGreaterThan(50);
    assertThat(unseen).isEmpty();
  }

  private static void edit(JsonNode statement, String path) {
    int end = path.lastIndexOf('/');
    JsonNode parent = statement.at(path.substring(0, end));
    JsonNode other = other(statement.at(path));
    if (parent instanceof ObjectNode object) {
      object.set(path.substring(end + 1), other);
    } else {
      ((ArrayNode) parent).set(Integer.parseInt(path.substring(end + 1)), other);
    }
  }

  private static String verifyEdited(
      JsonNode statement, CertificateKey.Signing key, Map<String, byte[]> issued, Path pack)
      throws Exception {
    for (Map.Entry<String, byte[]> file : signedBy(key, statement.toString(), issued).entrySet()) {
      Files.write(pack.resolve(file.getKey()), file.getValue());
    }
    return verify(pack, null);
  }

  private static List<String> paths(String path, JsonNode node) {
    List<String> paths = new ArrayList<>();
    if (!path.isEmpty()) {
      paths.add(path);
    }
    if (node.isObject()) {
      node.properties()
          .forEach(member -> paths.addAll(paths(path + "/" + member.getKey(), member.getValue())));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      paths.addAll(paths(path + "/" + i, node.get(i)));
    }
    return paths;
  }

  private static JsonNode other(JsonNode node) {
    if (node.isObject()) {
      return ((ObjectNode) node).put("more", 1);
    }
    if (node.isArray()) {
      return node.isEmpty() ? ((ArrayNode) node).add("more") : JSON.createArrayNode();
    }
    if (node.isBoolean()) {
      return JSON.getNodeFactory().booleanNode(!node.asBoolean());
    }
    return node.isNumber()
        ? JSON.getNodeFactory().numberNode(node.asLong() + 1)
        : JSON.getNodeFactory().textNode(node.isNull() ? "more" : node.asText() + "x");
  }

  /** Java before 17.0.3 took these for a signature with every key. */
  @Test
  void aSignatureOfZerosIsRefused() throws Exception {
    Map<String, byte[]> files = new TreeMap<>(refuted);
    files.put("certificate.der", new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0});
    assertThat(verify(written(files), null)).contains("BROKEN  certificate.der: does not sign");
  }

  @Test
  void aNameCannotSteerTheTerminal() throws Exception {
    Map<String, byte[]> files = new TreeMap<>(refuted);
    files.put("\u001b[2K\rOK      everything in . fits\u001b[8m", new byte[1]);
    assertThat(verify(written(files), null))
        .contains("BROKEN  \\u001b[2K\\u000dOK      everything in . fits")
        .doesNotContain("\u001b", "\r");
  }

  @Test
  void aStatementThatIsNothingIsRefused() throws Exception {
    CertificateKey.Signing key = runs.keys(Clock.systemUTC()).current().key();
    assertThat(verify(written(signedBy(key, "null", refuted)), null))
        .contains("BROKEN  certificate.json: is not an object");
  }

  @Test
  void aLinkToACertificateIsFollowed() throws Exception {
    Path link = Files.createSymbolicLink(place.resolve("link"), written(refuted));
    assertThat(verify(link, null)).contains("OK      everything");
  }

  /** Somebody signs everything with a key of his own. */
  @Test
  void aKeyThatTheLogDoesNotKnowIsNamed() throws Exception {
    CertificateKey.Signing other =
        CertificateKey.Signing.create("pgproof@db_proof-1", Clock.systemUTC().instant());
    Map<String, byte[]> files = new TreeMap<>(refuted);
    files.put("pgproof.pem", other.key().text().getBytes(StandardCharsets.UTF_8));
    files.put(
        "allowed_signers",
        SshSignature.allowedSigner(other.key()).getBytes(StandardCharsets.UTF_8));
    files =
        signedBy(other, new String(files.get("certificate.json"), StandardCharsets.UTF_8), files);
    Path pack = written(files);
    assertThat(verify(pack, null))
        .contains("BROKEN  pgproof.pem: is not the key whose creation is recorded");
    Path trusted = Files.createDirectory(place.resolve("keys"));
    Files.write(trusted.resolve("pgproof.pem"), refuted.get("pgproof.pem"));
    Files.write(trusted.resolve("log.pem"), refuted.get("log.pem"));
    assertThat(verify(pack, trusted)).contains("BROKEN  pgproof.pem: is not one of the keys in");
    assertThat(verify(written(refuted), trusted)).contains("OK      everything");
    Files.delete(trusted.resolve("log.pem"));
    assertThat(verify(written(refuted), trusted)).contains("BROKEN  log.pem: is not one of");
  }

  static Map<String, byte[]> signedBy(
      CertificateKey.Signing key, String json, Map<String, byte[]> from) {
    Map<String, byte[]> files = new TreeMap<>(from);
    byte[] statement = json.getBytes(StandardCharsets.UTF_8);
    files.put("certificate.json", statement);
    files.put("certificate.der", key.sign(statement));
    files.put(
        "certificate.json.sig", SshSignature.sign(statement, key).getBytes(StandardCharsets.UTF_8));
    StringBuilder sums = new StringBuilder();
    files.forEach(
        (name, bytes) -> {
          if (!name.startsWith("SHA256SUMS")) {
            sums.append(Digests.sha256(bytes)).append("  ").append(name).append("\n");
          }
        });
    byte[] all = sums.toString().getBytes(StandardCharsets.UTF_8);
    files.put("SHA256SUMS", all);
    files.put("SHA256SUMS.sig", SshSignature.sign(all, key).getBytes(StandardCharsets.UTF_8));
    return files;
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

  @Test
  void aNewKeyTakesThePlaceOfOneThatExpiredAndIsRecorded() throws Exception {
    Path state = Files.createDirectory(place.resolve("state"));
    try (RecordedRuns later = new RecordedRuns(state)) {
      later.keys(Clock.systemUTC()).prepare();
      later.keys(Clock.systemUTC()).prepare();
      String first = Files.readString(later.keys.resolve("pgproof.pem"));
      assertThat(Files.getPosixFilePermissions(later.keys.resolve("pgproof.key")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(run(later.keys, "openssl", "pkey", "-in", "pgproof.key", "-noout", "-text"))
          .contains("prime256v1");
      Clock then =
          Clock.offset(Clock.systemUTC(), CertificateKey.VALIDITY.plus(Duration.ofDays(1)));
      Map<String, byte[]> files =
          later.certificates(then).issue(RecordedRuns.PROVEN.value()).files();
      assertThat(new String(files.get("pgproof.pem"), StandardCharsets.UTF_8)).isNotEqualTo(first);
      assertThat(verify(written(files), null)).contains("OK      everything");
      try (Stream<Path> kept = Files.list(later.keys)) {
        assertThat(kept.filter(file -> file.toString().matches(".*/pgproof-[0-9a-f]{16}\\.pem")))
            .singleElement()
            .satisfies(file -> assertThat(file).hasContent(first));
      }
      assertThat(
              later.log.jdbc.queryForList(
                  "select body from pgproof_evidence where kind = 'CertificateKeyCreated' order by id",
                  String.class))
          .hasSize(2)
          .last()
          .asString()
          .contains("the key before it expired");
      Files.writeString(later.keys.resolve("pgproof.key"), "nothing");
      assertThatThrownBy(() -> later.certificates(then).issue(RecordedRuns.PROVEN.value()))
          .isInstanceOf(FindingException.class)
          .hasMessageContaining("pgproof.key is damaged: not a private key");
    }
  }

  @Test
  void manyKeysSignAsOpensshReadsIt() throws Exception {
    byte[] file = {1, 2, 3};
    Path signed = Files.write(place.resolve("file"), file);
    for (int i = 0; i < 12; i++) {
      CertificateKey.Signing key =
          CertificateKey.Signing.create("pgproof@host", Clock.systemUTC().instant());
      Files.writeString(place.resolve("sig"), SshSignature.sign(file, key));
      Files.writeString(place.resolve("signers"), SshSignature.allowedSigner(key.key()));
      run(
          place,
          "bash",
          "-ec",
          "ssh-keygen -Y verify -f signers -I pgproof@host -n pgproof-certificate -s sig < "
              + signed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a file", "a full directory", "no parent"})
  void nothingIsWrittenWhereSomethingIs(String there) throws Exception {
    Path out = place.resolve("out");
    if (there.equals("a file")) {
      Files.writeString(out, "mine");
    } else if (there.equals("a full directory")) {
      Files.writeString(Files.createDirectory(out).resolve("mine"), "mine");
    } else {
      out = place.resolve("none/out");
    }
    Path refused = out;
    assertThatThrownBy(() -> new CertificatePack("run", new TreeMap<>(refuted)).write(refused))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--out is ");
    try (Stream<Path> left = Files.list(place)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("."))).isEmpty();
    }
  }

  @Test
  void theCertificateIsWrittenIntoAnEmptyDirectory() throws Exception {
    Path out = Files.createDirectory(place.resolve("out"));
    new CertificatePack("run", new TreeMap<>(refuted)).write(out);
    assertThat(verify(out, null)).contains("OK      everything");
    assertThat(
            Base64.getEncoder().encodeToString(Files.readAllBytes(out.resolve("certificate.der"))))
        .isEqualTo(Base64.getEncoder().encodeToString(refuted.get("certificate.der")));
  }
}
