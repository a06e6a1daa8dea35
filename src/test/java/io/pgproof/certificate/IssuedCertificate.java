package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.proof.Digests;
import io.pgproof.proof.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests that begin with recorded runs, and with the certificate of one that was refuted. */
abstract class IssuedCertificate {
  static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path shared;
  static RecordedRuns runs;
  static Map<String, byte[]> refuted;
  private static Verifier verifier;

  @TempDir Path place;

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

  static List<RunId> certified() {
    return List.of(RecordedRuns.PROVEN, RecordedRuns.STALE, RecordedRuns.REFUTED);
  }

  static String verify(Path pack, Path trusted) throws Exception {
    return verifier.verify(pack, trusted);
  }

  Path written(Map<String, byte[]> files) throws IOException {
    Path pack = Files.createTempDirectory(place, "pack");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = pack.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return pack;
  }

  static String run(Path directory, String... command) throws Exception {
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
}
