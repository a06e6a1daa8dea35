package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproof.proof.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program in a certificate finds. */
class VerifyPgproofTest extends IssuedCertificate {
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
}
