package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Certificates of earlier releases, which every later release must verify; see RecordGoldenPacks.
 */
class GoldenPacksTest {
  static final Path ALL = Path.of("src/test/resources/certificates");
  private static final Path EVIDENCE = Path.of("src/test/resources/golden");

  @TempDir private static Path shared;
  private static byte[] currentSource;
  private static Verifier current;

  @TempDir private Path place;

  @BeforeAll
  static void compile() throws Exception {
    try (InputStream in = Certificates.class.getResourceAsStream("VerifyPgproof.java")) {
      currentSource = in.readAllBytes();
    }
    current = Verifier.compile(currentSource, shared);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  static List<Path> packs() throws IOException {
    return list(ALL).stream()
        .flatMap(
            release ->
                Stream.of("proven", "stale", "refuted").map(each -> release.resolve(each + ".zip")))
        .toList();
  }

  @Test
  void theNewestReleaseHasPacks() throws IOException {
    Path newest = list(EVIDENCE).get(list(EVIDENCE).size() - 1).getFileName();
    assertThat(list(ALL)).contains(ALL.resolve(newest));
  }

  @ParameterizedTest
  @MethodSource("packs")
  void everyReleaseVerifiesThem(Path zip) throws Exception {
    Path pack = unpacked(zip);
    byte[] itsOwn = Files.readAllBytes(pack.resolve("VerifyPgproof.java"));
    List<Verifier> verifiers =
        List.of(current, Verifier.compile(itsOwn, Files.createDirectory(place.resolve("its-own"))));
    Path statement = pack.resolve("certificate.json");
    String json = Files.readString(statement);
    String verdict = zip.getFileName().toString().replace(".zip", "");
    for (Verifier verifier : verifiers) {
      assertThat(verifier.verify(pack, null)).contains("OK      everything", "verdict " + verdict);
      Files.writeString(statement, json.replace('"' + verdict + '"', "\"proved\""));
      assertThat(verifier.verify(pack, null))
          .contains("BROKEN  certificate.json: was changed", "says something else at");
      Files.writeString(statement, json);
    }
  }

  private Path unpacked(Path file) throws IOException {
    Path top = Files.createDirectory(place.resolve("pack"));
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(file), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path path = top.resolve(entry.getName()).normalize();
        assertThat(path.startsWith(top)).isTrue();
        Files.createDirectories(path.getParent());
        Files.write(path, zip.readAllBytes());
      }
    }
    return list(top).get(0);
  }
}
