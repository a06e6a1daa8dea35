package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.Tars;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import io.pgproof.image.ImageSource.Tarball;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images of tarballs that hold a shell of this host and a script in the server's place; real
 * servers are in other tests.
 */
@Tag("root")
class TarballImagesTest {
  private static final int SHIFT = 100_000;
  private static final String BIN = "/opt/pg/bin";
  private static final String ROOTFS =
      """
      set -eu
      cd "$1"
      mkdir -p dev etc proc bin opt/pg/bin home
      for program in sh env; do
        file=$(readlink -f "$(command -v $program)")
        cp "$file" bin/$program
        for library in $(ldd "$file" | grep -o '/[^ ]*'); do
          mkdir -p ".${library%/*}"
          cp -L "$library" ".$library"
        done
      done
      printf 'root:x:0:0::/:/bin/sh\\npg:x:70:71::/:/bin/sh\\nfar:x:70000:71::/:/bin/sh\\n' > etc/passwd
      printf '#!/bin/sh\\n[ -e /proc/self/exe ] && echo "postgres (PostgreSQL) 12.22"\\n' > opt/pg/bin/postgres
      chmod 755 opt/pg/bin/postgres
      chown 70:71 home
      chmod 4711 home
      mknod dev/leak c 1 3
      """;

  /**
   * Its server says what it could do: write where it may by the owner, use a device, see the
   * machine, become root.
   */
  private static final String HOSTILE =
      """
      set -eu
      cd "$1"
      mknod leak c 1 3
      chmod 666 leak
      cat > opt/pg/bin/postgres <<'END'
      #!/bin/sh
      seen=
      (echo trace > /home/trace) && seen="$seen;wrote"
      (: > /leak) && seen="$seen;device"
      while read -r name rest; do
        case $name in *:) seen="$seen;interface-${name%:}" ;; esac
      done < /proc/net/dev
      for process in /proc/[0-9]*; do seen="$seen;process-${process#/proc/}"; done
      while read -r name value; do
        case $name in CapEff:|NoNewPrivs:) seen="$seen;${name%:}-$value" ;; esac
      done < /proc/self/status
      read -r inside outside count < /proc/self/uid_map
      echo "postgres (PostgreSQL) 12.22$seen;root-is-$outside"
      END
      """;

  private final HostPrograms programs = new HostPrograms();
  private final List<String> said = new CopyOnWriteArrayList<>();
  @TempDir Path place;
  private Path rootfs;
  private Path images;

  @BeforeEach
  void makeRootfs() throws IOException {
    rootfs = Files.createDirectory(place.resolve("made"));
    images = place.resolve("images");
    run("sh", "-c", ROOTFS, "sh", rootfs.toString());
  }

  private void run(String... line) {
    ProgramResult programResult = programs.run(new HostCommand(Duration.ofMinutes(1), line));
    assertThat(programResult.succeeded()).as(programResult.describe()).isTrue();
  }

  private Path tarball(String name) {
    Path tarball = place.resolve(name);
    run("tar", "--create", "--auto-compress", "--file=" + tarball, "--directory=" + rootfs, ".");
    return tarball;
  }

  private BuiltImages storeOf(Path tarball) {
    return storeOf(new Tarball(12, tarball, BIN, "pg"));
  }

  private BuiltImages storeOf(Tarball source) {
    return new BuiltImages(
        images,
        () -> ImageSources.of(source),
        () -> SHIFT,
        new Mmdebstrap(programs),
        programs,
        Clock.systemUTC());
  }

  private Finding refused(Tarball source, Consumer<String> hearing) {
    Finding finding =
        catchThrowableOfType(
                FindingException.class, () -> storeOf(source).build(source.major(), false, hearing))
            .finding();
    assertThat(images).as(finding.toString()).isEmptyDirectory();
    return finding;
  }

  private String refused(Tarball source) {
    Finding finding = refused(source, said::add);
    assertThat(finding.reason()).isEqualTo(Reason.NO_IMAGE);
    return finding.message() + "\n" + finding.words();
  }

  private static Object of(Path path, String attribute) throws IOException {
    return Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg.tar", "pg.tar.gz", "pg.tar.xz", "pg.tar.zst"})
  void aTarballOfAnyCompressionBecomesAnImage(String name) throws IOException {
    BuiltImages store = storeOf(tarball(name));

    Image image = store.build(12, false, said::add);

    assertThat(image.postgresVersion()).isEqualTo("12.22");
    assertThat(image.uid()).isEqualTo(70);
    assertThat(image.gid()).isEqualTo(71);
    assertThat(image.binDirectory()).isEqualTo(BIN);
    assertThat(store.find(12)).contains(image);
    assertThat(of(image.rootfs(), "uid")).isEqualTo(SHIFT);
    assertThat(of(image.rootfs().resolve("home"), "uid")).isEqualTo(SHIFT + 70);
    assertThat((int) of(image.rootfs().resolve("home"), "mode") & 07777).isEqualTo(04711);
    assertThat(of(image.rootfs().resolve("pgproof/data"), "gid")).isEqualTo(SHIFT + 71);
    assertThat(image.rootfs().resolve("dev")).isEmptyDirectory();
    assertThat(image.rootfs().resolve("proc")).isEmptyDirectory();
  }

  @Test
  void theImagesProgramIsIsolatedFromTheHost() throws IOException {
    run("sh", "-c", HOSTILE, "sh", rootfs.toString());

    Image image = storeOf(tarball("pg.tar")).build(12, false, said::add);

    assertThat(image.postgresVersion())
        .isEqualTo(
            "12.22;interface-lo;process-1;CapEff-0000000000000000;NoNewPrivs-1;root-is-" + SHIFT);
    assertThat(image.rootfs().resolve("home")).isEmptyDirectory();
  }

  @Test
  void noNameLeadsOutOfTheImage() throws IOException {
    Path outside = Files.createDirectory(place.resolve("outside"));
    Path tarball = tarball("pg.tar.gz");
    Tars.with(
        tarball, new Tars.Member(new TarArchiveEntry("../../../outside/escaped"), new byte[1]));
    assertThat(refused(new Tarball(12, tarball, BIN, "pg")))
        .contains("../../../outside/escaped", "'..'");

    tarball = tarball("pg.tar.gz");
    TarArchiveEntry link = new TarArchiveEntry("way", TarConstants.LF_SYMLINK);
    link.setLinkName(outside.toString());
    Tars.with(
        tarball,
        new Tars.Member(link, new byte[0]),
        new Tars.Member(new TarArchiveEntry("way/escaped"), new byte[1]));
    assertThat(refused(new Tarball(12, tarball, BIN, "pg"))).contains("way/escaped");

    tarball = tarball("pg.tar.gz");
    TarArchiveEntry absolute = new TarArchiveEntry(outside + "/escaped", true);
    Tars.with(tarball, new Tars.Member(absolute, new byte[1]));
    Image image = storeOf(tarball).build(12, false, said::add);
    assertThat(image.rootfs().resolve("." + outside + "/escaped")).exists();
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aCutTarballFailsTheBuildInTarsWords() throws IOException {
    Path tarball = tarball("pg.tar.gz");
    Files.write(tarball, Arrays.copyOf(Files.readAllBytes(tarball), 100_000));

    assertThat(refused(new Tarball(12, tarball, BIN, "pg")))
        .contains("PostgreSQL 12", tarball.toString(), "unexpected end of file");
  }

  @Test
  void anImageWithoutAServerOfThisVersionIsRefused() throws IOException {
    Path tarball = tarball("pg.tar");

    assertThat(refused(new Tarball(11, tarball, BIN, "pg")))
        .contains("its server is PostgreSQL 12.22");
    assertThat(refused(new Tarball(12, tarball, "/usr/bin", "pg")))
        .contains("its server does not report its version", "/usr/bin/postgres");
    assertThat(refused(new Tarball(12, tarball, BIN, "postgres")))
        .contains("it has no user postgres");
    assertThat(refused(new Tarball(12, tarball, BIN, "root"))).contains("has the ids 0 and 0");
    assertThat(refused(new Tarball(12, tarball, BIN, "far"))).contains("has the ids 70000 and 71");
    Files.delete(rootfs.resolve("etc/passwd"));
    Files.createSymbolicLink(rootfs.resolve("etc/passwd"), Path.of("/etc/passwd"));
    assertThat(refused(new Tarball(12, tarball("pg.tar"), BIN, "pg")))
        .contains("it has no /etc/passwd");
    Files.createDirectory(rootfs.resolve("pgproof"));
    Files.delete(rootfs.resolve("etc/passwd"));
    Files.writeString(rootfs.resolve("etc/passwd"), "pg:x:70:71::/:/bin/sh\n");
    assertThat(refused(new Tarball(12, tarball("pg.tar"), BIN, "pg")))
        .contains("it contains /pgproof, where pgproof mounts the restored files");
  }

  @Test
  void anInterruptedBuildLeavesNothing() {
    try {
      Finding finding =
          refused(
              new Tarball(12, tarball("pg.tar.xz"), BIN, "pg"),
              line -> Thread.currentThread().interrupt());

      assertThat(finding.reason()).isEqualTo(Reason.INTERRUPTED);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aTarballThatChangesDuringTheBuildIsRefused() {
    Path tarball = tarball("pg.tar");
    Finding finding =
        refused(
            new Tarball(12, tarball, BIN, "pg"),
            line -> {
              try {
                Files.write(tarball, new byte[512], StandardOpenOption.APPEND);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    assertThat(finding.message()).contains("it was changed while it was unpacked");
  }

  @Test
  void twoCallersGetOneImageThatIsBuiltOnce() throws Exception {
    Path tarball = tarball("pg.tar");
    CountDownLatch otherWaits = new CountDownLatch(1);
    CountDownLatch unpacking = new CountDownLatch(1);
    Consumer<String> hearing =
        line -> {
          said.add(line);
          if (line.startsWith("waiting for")) {
            otherWaits.countDown();
          } else if (line.startsWith("unpacking")) {
            unpacking.countDown();
            await(otherWaits);
          }
        };

    CompletableFuture<Image> one =
        CompletableFuture.supplyAsync(() -> storeOf(tarball).build(12, false, hearing));
    await(unpacking);
    Image other = storeOf(tarball).build(12, false, hearing);

    assertThat(one.get(5, TimeUnit.MINUTES)).isEqualTo(other);
    assertThat(said).filteredOn(line -> line.startsWith("unpacking")).hasSize(1);
    try (Stream<Path> entries = Files.list(images)) {
      assertThat(entries).containsExactly(images.resolve(other.key()));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
