package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.Manifest;
import io.pgproof.proof.FindingException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters of many databases have millions of files; the program has a heap of 512 MiB. */
class ManifestMemoryTest {
  private static final int FILES = 300_000;

  @TempDir Path directory;

  /**
   * A tenth of three million files in less than a tenth of the heap, in a Java of its own that has
   * no more.
   */
  @Test
  void aManifestOfManyFilesFitsIntoASmallHeap() throws Exception {
    Path manifest = directory.resolve("backup_manifest");
    write(manifest, FILES);
    Path words = directory.resolve("words");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ManifestMemoryTest.class.getName(),
                manifest.toString())
            .redirectErrorStream(true)
            .redirectOutput(words.toFile())
            .start();

    assertThat(java.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(words).hasContent(FILES + " files, base/1/1 is missing");
  }

  /** Reads a manifest, lets all of its files come but the first, and says what was found. */
  public static void main(String[] arguments) throws Exception {
    Manifest manifest = Manifest.read(Path.of(arguments[0]));
    ManifestCheck check = new ManifestCheck(manifest);
    manifest
        .files()
        .forEachPlace(
            place -> {
              String name = manifest.files().name(place);
              if (!name.equals("base/1/1")) {
                check.expect(name, manifest.files().entry(place).size());
              }
            });
    String missing = "nothing";
    try {
      check.finish();
    } catch (FindingException e) {
      missing = e.finding().message().split(" ")[0];
    }
    System.out.println(manifest.files().count() + " files, " + missing + " is missing");
  }

  /**
   * @param files each with a name and a checksum as long as usual
   */
  static void write(Path manifest, int files) throws IOException {
    StringBuilder text =
        new StringBuilder("{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n");
    for (int file = 1; file <= files; file++) {
      text.append("{ \"Path\": \"base/")
          .append(1 + file / 1000)
          .append('/')
          .append(file)
          .append("\", \"Size\": ")
          .append(8192L * file)
          .append(
              ", \"Last-Modified\": \"2026-11-22 19:52:14 GMT\", \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"")
          .append(String.format("%08x", file * 31))
          .append("\" }")
          .append(file < files ? ",\n" : "\n");
    }
    text.append(
        "],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/1000028\", \"End-LSN\": \"0/1900000\" }\n],\n");
    try (Writer out = Files.newBufferedWriter(manifest, StandardCharsets.UTF_8)) {
      out.write(CraftedBackup.signed(text.toString()));
    }
  }
}
