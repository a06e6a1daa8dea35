package io.pgproof.backup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import io.pgproof.postgres.server.HostMachine;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Every page of a real cluster, judged here and by {@code pg_checksums}. */
@EnabledIf("io.pgproof.postgres.server.HostMachine#available")
class PgChecksumsTest {
  private static final String HOME = "/source";
  private static final Pattern SCANNED =
      Pattern.compile("Files scanned:\\s+(\\d+)\\s+Blocks scanned:\\s+(\\d+)");
  private static final Pattern FAILED =
      Pattern.compile(
          "checksum verification failed in file \"data/(.+)\", "
              + "block (\\d+): calculated checksum ([0-9A-F]+) but block contains ([0-9A-F]+)");

  @TempDir Path temp;

  @Test
  void pagesAreJudgedAsPgChecksumsJudgesThem() throws Exception {
    Path home = HostMachine.owned(temp.resolve("home"));
    run(
        home,
        "initdb -D data -U postgres -A trust -N -k; echo 'create table wide as select i, repeat(md5(i::text), 30) t'"
            + " 'from generate_series(1, 20000) i' | postgres --single -D data postgres");
    Path data = home.resolve("data");
    String sound = run(home, "pg_checksums --check -D data");
    Matcher scanned = SCANNED.matcher(sound);
    assertThat(scanned.find()).as(sound).isTrue();
    List<RelationPages> all = judged(data);
    assertThat(all.stream().mapToInt(RelationPages::pages).sum()).hasToString(scanned.group(2));
    assertThat(all)
        .hasSize(Integer.parseInt(scanned.group(1)))
        .allMatch(pages -> pages.suspects().isEmpty());

    damage(data, all);
    SuspectPages suspects =
        SuspectPages.of(PageLayout.USUAL, judged(data), "files")
            .failing(RestoredFiles.of(data, temp.resolve("tablespaces")));
    String damaged = run(home, "pg_checksums --check -D data || true");
    List<String> failed =
        FAILED
            .matcher(damaged)
            .results()
            .map(found -> found.group(1) + " " + found.group(2))
            .sorted()
            .toList();
    assertThat(suspects.count()).isEqualTo(failed.size()).isGreaterThan(50);
    assertThat(blocks(data)).containsExactlyElementsOf(failed);

    String first = suspects.first().name();
    Matcher said =
        FAILED.matcher(
            damaged
                .lines()
                .filter(line -> line.contains("/" + first + "\""))
                .findFirst()
                .orElseThrow());
    assertThat(said.find()).isTrue();
    assertThat(suspects.finding(Reason.PAGE_CHECKSUM, "").message())
        .isEqualTo(
            String.format(
                "block %s of %s has the checksum %04X, but its content has the checksum %04X; %d more pages fail",
                said.group(2), first, hex(said.group(4)), hex(said.group(3)), failed.size() - 1));
  }

  private static List<RelationPages> judged(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> data.relativize(file).toString())
          .flatMap(name -> RelationFile.of(name).stream())
          .map(
              file -> {
                RelationPages pages = new RelationPages(file, PageLayout.USUAL, new Lsn(0));
                pages.update(ByteBuffer.wrap(read(data.resolve(file.name()))));
                pages.end();
                return pages;
              })
          .toList();
    }
  }

  private static List<String> blocks(Path data) throws IOException {
    return judged(data).stream()
        .flatMap(
            pages -> pages.suspects().stream().mapToObj(block -> pages.file().name() + " " + block))
        .sorted()
        .toList();
  }

  /**
   * One random bit in each of sixty files; not where a page would be marked as new, which {@code
   * pg_checksums} skips.
   */
  private static void damage(Path data, List<RelationPages> all) throws IOException {
    Random random = new Random(15);
    List<RelationPages> some = all.stream().filter(pages -> pages.pages() > 0).limit(60).toList();
    for (RelationPages pages : some) {
      try (RandomAccessFile file =
          new RandomAccessFile(data.resolve(pages.file().name()).toFile(), "rw")) {
        long at = random.nextInt(pages.pages()) * 8192L + 16 + random.nextInt(8192 - 16);
        file.seek(at);
        int old = file.read();
        file.seek(at);
        file.write(old ^ 1 << random.nextInt(8));
      }
    }
  }

  private static String run(Path home, String script) throws IOException, InterruptedException {
    return HostMachine.run(
        home,
        Map.of(home, HOME),
        List.of(
            "/bin/sh",
            "-ec",
            "export PATH="
                + HostMachine.BIN
                + ":/usr/bin:/bin LC_ALL=C; cd "
                + HOME
                + "; "
                + script));
  }

  private static int hex(String digits) {
    return Integer.parseInt(digits, 16);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
