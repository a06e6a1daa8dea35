package io.pgproof.certificate;

import io.pgproof.proof.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records the packs of a release for {@link GoldenPacksTest}. It is no test of the suite: {@code
 * mvn -q surefire:test -Dtest=RecordGoldenPacks -Dpgproof.golden=VERSION}. The private keys are
 * thrown away.
 */
class RecordGoldenPacks {
  @TempDir private Path state;

  @Test
  void record() throws Exception {
    String version =
        Objects.requireNonNull(
            System.getProperty("pgproof.golden"), "name the version: -Dpgproof.golden=VERSION");
    Path directory = Files.createDirectories(GoldenPacksTest.ALL.resolve(version));
    try (RecordedRuns runs = new RecordedRuns(state)) {
      CertificateKey.Signing key = runs.keys(Clock.systemUTC()).current().key();
      for (Map.Entry<String, RunId> run :
          Map.of(
                  "proven", RecordedRuns.PROVEN,
                  "stale", RecordedRuns.STALE,
                  "refuted", RecordedRuns.REFUTED)
              .entrySet()) {
        CertificatePack pack = withoutPdf(runs.certificates().issue(run.getValue().value()), key);
        Files.write(directory.resolve(run.getKey() + ".zip"), pack.zip());
      }
    }
  }

  /** A PDF is too large for the repository, and to the verifiers it is any file that is bound. */
  private static CertificatePack withoutPdf(CertificatePack pack, CertificateKey.Signing key) {
    Map<String, byte[]> files = new TreeMap<>(pack.files());
    files.remove(CertificatePack.PDF);
    String json = new String(files.get(CertificatePack.STATEMENT), StandardCharsets.UTF_8);
    return new CertificatePack(
        pack.run(), new TreeMap<>(IssuedCertificate.signedBy(key, json, files)));
  }
}
