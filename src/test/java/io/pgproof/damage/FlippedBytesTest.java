package io.pgproof.damage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.restore.RestorePaths;
import io.pgproof.backup.restore.RestoreRequest;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.source.Backup;
import io.pgproof.command.Trees;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Single bytes of a real backup changed at random, each at a place and to a value that its seed
 * gives: none is called sound that changes what a checksum covers.
 */
@Tag("container")
class FlippedBytesTest {
  private static final int FLIPS = 500;
  private static final int FLIPS_WITHOUT_MANIFEST = 100;

  /**
   * Whether a page that was named is then refuted takes the whole program to tell, of which this
   * many runs are enough.
   */
  private static final int WHOLE_RUNS_OF_PAGES = 10;

  private final Map<String, Integer> layers = new TreeMap<>();
  private static SoundBackup sound;
  private Path place;

  /** One byte of one file. */
  private record Flip(int seed, Path file, int position, int change) {
    static Flip of(int seed, Map<Path, Integer> sizes) {
      Random random = new Random(seed);
      int at = random.nextInt(sizes.values().stream().mapToInt(Integer::intValue).sum());
      int change = 1 + random.nextInt(255);
      for (Map.Entry<Path, Integer> file : sizes.entrySet()) {
        if (at < file.getValue()) {
          return new Flip(seed, file.getKey(), at, change);
        }
        at -= file.getValue();
      }
      throw new IllegalStateException();
    }

    /** Changes the byte, or changes it back. */
    void turn() throws IOException {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, position);
        one.put(0, (byte) (one.get(0) ^ change));
        channel.write(one.rewind(), position);
      }
    }

    String name() {
      return file.getFileName().toString();
    }

    @Override
    public String toString() {
      return "seed " + seed + ": byte " + position + " of " + name() + " changed by " + change;
    }
  }

  /**
   * As small as one can be, for it is restored again and again: one database, and WAL that is full
   * of records.
   */
  @BeforeAll
  static void takeASmallBackup() {
    Path directory = TestEnvironment.state().path().resolve("backups").resolve("flips");
    SourceOptions options =
        SourceOptions.standard()
            .withInitdb("--wal-segsize=1")
            .with("autovacuum", "off")
            .withBackupDirectory(directory);
    try (SourceDatabase source = TestEnvironment.source(15, "flips", options)) {
      source.execute("update pg_database set datistemplate = false");
      source.execute("drop database template0");
      source.execute("drop database template1");
      source.fill(200);
      sound = SoundBackup.read(Scene.backUpWhileOrdersComeIn(source, "backup", "8M"));
    }
  }

  @AfterAll
  static void forgetIt() {
    sound = null;
  }

  @BeforeEach
  void makePlace() throws IOException {
    place = Files.createDirectories(TestEnvironment.state().path().resolve("flips"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Trees.remove(place);
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void everyFlippedByteOfTheArchivesIsNoticedOrRestoresTheSameBytes() throws Exception {
    Path backup = TestEnvironment.copy(sound.directory(), place);
    Map<Path, Integer> sizes = sizes(backup);
    for (int seed = 0; seed < FLIPS; seed++) {
      Flip flip = Flip.of(seed, sizes);
      flip.turn();
      Optional<Finding> finding = restore(backup).finding();
      if (finding.isPresent()) {
        countFault(finding.get(), flip);
      } else {
        assertDecodesToTheSame(flip, backup);
        Report report = TestEnvironment.verify(TestEnvironment.request(backup));
        assertThat(report.verdict().word()).as("%s: %s", flip, report).isEqualTo("proven");
        count("none: it decodes to the same bytes");
      }
      flip.turn();
    }
    print("of " + FLIPS + " single bytes of " + sizes.values());
    assertThat(layers.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(FLIPS);
  }

  @Test
  void everyFlippedByteUnderAChecksumIsNoticed() throws Exception {
    Path backup = Files.createDirectories(place.resolve("backup"));
    byte[] base = sound.base().bytes();
    byte[] wal = sound.wal().bytes();
    Files.write(backup.resolve("base.tar"), base);
    Files.write(backup.resolve("pg_wal.tar"), wal);
    Map<Path, Integer> sizes = sizes(backup);
    WalRecords records = new WalRecords(sound);
    Map<String, Long> torn = restore(backup).suspects();
    int pages = 0;
    for (int seed = 0; seed < FLIPS_WITHOUT_MANIFEST; seed++) {
      Flip flip = Flip.of(seed, sizes);
      flip.turn();
      Outcome outcome = restore(backup);
      boolean isWal = flip.name().equals("pg_wal.tar");
      Place where = Place.of(isWal ? sound.wal() : sound.base(), flip.position());
      // Other pages may be torn, but one more of this file is the one that the flip is in.
      boolean named =
          outcome.suspects().getOrDefault(where.member(), 0L)
              > torn.getOrDefault(where.member(), 0L);
      if (outcome.finding().isPresent()) {
        countFault(outcome.finding().get(), flip);
      } else if (named && pages++ >= WHOLE_RUNS_OF_PAGES) {
        count("page checksums: the page is named, what becomes of it was not asked");
      } else {
        Report report = TestEnvironment.verify(TestEnvironment.request(backup));
        boolean covered =
            isWal
                ? where.isContent() && records.covers(where.member(), where.offset())
                : where.isPage();
        if (report.verdict().word().equals("refuted")) {
          count(failed(report));
        } else if (report.verdict().word().equals("inconclusive")) {
          assertThat(report.reason().code())
              .as("%s in %s: %s", flip, where, report)
              .isEqualTo("torn-page");
          assertThat(named).as("%s in %s: %s", flip, where, report).isTrue();
          count("page checksums, of a map: inconclusive");
        } else {
          assertThat(covered && !named)
              .as("%s in %s is covered by a checksum: %s", flip, where, report)
              .isFalse();
          count("none: " + (named ? "recovery wrote the page anew" : where.kind()));
        }
      }
      flip.turn();
    }
    print(
        "of "
            + FLIPS_WITHOUT_MANIFEST
            + " single bytes of "
            + sizes.values()
            + ", not compressed, without a manifest");
    assertThat(layers.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(FLIPS_WITHOUT_MANIFEST);
  }

  /** Where in a tar a byte lies. */
  private record Place(String member, int offset, int size, boolean isContent) {
    static Place of(Tar tar, int position) {
      int at = 0;
      for (Tar.Member member : tar.members()) {
        int content = at + 512;
        int end = content + (member.content().length + 511 & -512);
        if (position < end) {
          int offset = position - content;
          return new Place(
              member.name(),
              offset,
              member.content().length,
              offset >= 0 && offset < member.content().length);
        }
        at = end;
      }
      return new Place("the end", position - at, 0, false);
    }

    boolean isPage() {
      return isContent && member.matches("(base/\\d+|global)/\\d+(_fsm|_vm|_init)?(\\.\\d+)?");
    }

    /** What nothing covers. */
    String kind() {
      if (!isContent) {
        return "between the files of an archive";
      }
      return member.matches("[0-9A-F]{24}")
          ? "WAL between its records, or behind the end of the backup"
          : member.startsWith("pg_xact/") || member.startsWith("pg_multixact/")
              ? "the states of transactions"
              : "other files";
    }
  }

  /**
   * @param suspects how many pages of each file are named to be read again after recovery, by the
   *     file's name
   */
  private record Outcome(Optional<Finding> finding, Map<String, Long> suspects) {}

  /** As the step of the process does it, without a container. */
  private Outcome restore(Path directory) throws IOException, InterruptedException {
    Path data = place.resolve("data");
    try {
      Backup backup = Backups.find(directory);
      RestorePaths restorePaths =
          new RestorePaths(
              data, place.resolve("tablespaces"), "/tablespaces", place.resolve("wal"));
      RestoredBackup restoredBackup =
          Backups.restore(
              backup,
              Backups.inspect(backup),
              new RestoreRequest(
                  restorePaths,
                  0,
                  0,
                  Optional.empty(),
                  new DiskSpace(1 << 20, Optional.empty()),
                  true),
              Progress.NONE);
      SuspectPages all = restoredBackup.suspects();
      return new Outcome(
          Optional.empty(),
          all.names().stream()
              .collect(
                  Collectors.toMap(
                      name -> name, name -> all.filter(file -> file.name().equals(name)).count())));
    } catch (FindingException e) {
      return new Outcome(Optional.of(e.finding()), Map.of());
    } finally {
      Trees.remove(data);
    }
  }

  private void assertDecodesToTheSame(Flip flip, Path backup) throws IOException {
    SoundBackup flipped = SoundBackup.read(backup);
    // Hexadecimal digits may be large ones.
    assertThat(flipped.manifest()).as(flip.toString()).isEqualToIgnoringCase(sound.manifest());
    assertThat(flipped.base().bytes()).as(flip.toString()).isEqualTo(sound.base().bytes());
    assertThat(flipped.wal().bytes()).as(flip.toString()).isEqualTo(sound.wal().bytes());
  }

  private static String layer(Finding finding) {
    return switch (finding.reason()) {
      case ARCHIVE_CORRUPT, ARCHIVE_TRUNCATED ->
          finding.message().contains(" tar") ? "tar" : "gzip";
      case MANIFEST_MISMATCH ->
          finding.message().startsWith("backup_manifest ")
              ? "the manifest's own checksum"
              : "the manifest";
      case UNSAFE_ARCHIVE, BACKUP_INCOMPLETE -> "names of files";
      case WAL_MISSING, INCONSISTENT ->
          finding.message().contains("WAL segment") ? "WAL segments at hand" : "the control file";
      default -> finding.reason().code();
    };
  }

  private static String failed(Report report) {
    return report.reason().code().equals(Reason.PAGE_CHECKSUM.code())
        ? "page checksums"
        : "the check "
            + report.coverage().checks().stream()
                .filter(check -> check.outcome().word().equals("failed"))
                .findFirst()
                .orElseThrow()
                .name();
  }

  private void countFault(Finding finding, Flip flip) {
    assertThat(finding)
        .as("%s: %s", flip, finding.message())
        .returns(Verdict.REFUTED, Finding::verdict);
    count(layer(finding));
  }

  private void count(String layer) {
    layers.merge(layer, 1, Integer::sum);
  }

  private void print(String title) {
    StringBuilder table = new StringBuilder("What caught a flip, " + title + ":\n");
    layers.forEach((layer, count) -> table.append(String.format("%6d  %s%n", count, layer)));
    System.out.println(table);
  }

  private static Map<Path, Integer> sizes(Path backup) throws IOException {
    Map<Path, Integer> sizes = new LinkedHashMap<>();
    try (var files = Files.list(backup)) {
      for (Path file : files.sorted().toList()) {
        sizes.put(file, (int) Files.size(file));
      }
    }
    return sizes;
  }
}
