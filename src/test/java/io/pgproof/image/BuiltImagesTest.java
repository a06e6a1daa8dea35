package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.pgproof.command.HostPrograms;
import io.pgproof.image.ImageSource.Packages;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Real builds of PostgreSQL 15 with a package more than Debian's own, first an interrupted one and
 * then one that is asked for twice at once and whose security source is made to refuse connections.
 */
@Tag("container")
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class BuiltImagesTest {
  private static final int SHIFT = 100_000;
  private static final String SECURITY_IS_DOWN =
      "sed -i -E '/-security /s,http://[^/]+/,http://127.0.0.1:9/,' \"$1/etc/apt/sources.list\"";

  private final HostPrograms programs = new HostPrograms();
  private final Packages source =
      ImageSources.debian(15)
          .withMore(List.of("postgresql-15-cron"))
          .withSetupHooks(List.of(SECURITY_IS_DOWN));
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Path images;
  private BuiltImages store;
  private List<Image> built;
  private Throwable endOfTheInterrupted;
  private List<Path> leftByTheInterrupted;

  @BeforeAll
  void buildOnceForAll() throws Exception {
    images = Files.createTempDirectory("pgproof-images");
    store = storeOf(source);
    interruptABuild();
    ExecutorService callers = Executors.newFixedThreadPool(2);
    try {
      List<Future<Image>> answers =
          Stream.generate(() -> callers.submit(() -> store.build(15, false, said::add)))
              .limit(2)
              .toList();
      built =
          List.of(
              answers.get(0).get(10, TimeUnit.MINUTES), answers.get(1).get(10, TimeUnit.MINUTES));
    } finally {
      callers.shutdownNow();
    }
  }

  @AfterAll
  void removeAll() throws IOException {
    RootfsCleanup.remove(images);
  }

  private BuiltImages storeOf(Packages wanted) {
    return storeOf(wanted, new Mmdebstrap(programs));
  }

  private BuiltImages storeOf(Packages wanted, Mmdebstrap mmdebstrap) {
    return new BuiltImages(
        images,
        () -> ImageSources.of(wanted),
        () -> SHIFT,
        mmdebstrap,
        programs,
        Clock.systemUTC());
  }

  private void interruptABuild() throws Exception {
    CountDownLatch unpacking = new CountDownLatch(1);
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                storeOf(ImageSources.debian(15))
                    .build(
                        15,
                        false,
                        line -> {
                          if (line.startsWith("installing essential packages")) {
                            unpacking.countDown();
                          }
                        });
              } catch (Throwable thrown) {
                end.set(thrown);
              }
            });
    caller.start();
    assertThat(unpacking.await(5, TimeUnit.MINUTES)).isTrue();
    caller.interrupt();
    caller.join(TimeUnit.MINUTES.toMillis(10));
    endOfTheInterrupted = end.get();
    leftByTheInterrupted = entries();
    await().untilAsserted(() -> assertThat(buildersHere()).isEmpty());
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> all = Files.list(images)) {
      return all.toList();
    }
  }

  private List<String> buildersHere() {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(images.toString()))
        .toList();
  }

  @Test
  void anInterruptedBuildLeavesNothing() {
    assertThat(endOfTheInterrupted)
        .isInstanceOfSatisfying(
            FindingException.class,
            thrown -> assertThat(thrown.finding().reason()).isEqualTo(Reason.INTERRUPTED));
    assertThat(leftByTheInterrupted).isEmpty();
  }

  @Test
  void twoCallersGetOneImageThatIsBuiltOnce() {
    assertThat(built.get(0)).isEqualTo(built.get(1));
    assertThat(said).filteredOn(line -> line.startsWith("shifting user and group ids")).hasSize(1);
    assertThat(said).anyMatch(line -> line.startsWith("waiting for another build of "));
    assertThat(store.find(15)).contains(built.get(0));
  }

  @Test
  void anUnreachableSourceIsNamedAndSkipped() throws IOException {
    assertThat(said)
        .filteredOn(line -> line.startsWith("warning: "))
        .singleElement()
        .asString()
        .contains("bookworm-security")
        .contains("built without it");
    assertThat(Files.readString(rootfs().resolve("etc/apt/sources.list")))
        .doesNotContain("-security")
        .contains("bookworm-updates");
    assertThat(Files.readString(rootfs().resolveSibling("image.json")))
        .contains("built without it");
  }

  @Test
  void theImageRecordsItsServerAndUser() throws IOException {
    Image image = built.get(0);

    assertThat(image.postgresVersion()).matches("15\\.[0-9]+");
    assertThat(Files.readString(rootfs().resolve("etc/passwd")))
        .contains("postgres:x:" + image.uid() + ":" + image.gid() + ":");
    assertThat(rootfs().resolve("." + image.binDirectory() + "/pg_basebackup")).isExecutable();
    assertThat(image.bytes()).isGreaterThan(300L << 20);
  }

  @Test
  void ownersAreShiftedAndSetuidBitsAreKept() throws IOException {
    try (Stream<Path> all = Files.walk(rootfs())) {
      assertThat(all)
          .allSatisfy(
              path -> {
                assertThat((int) of(path, "uid")).isGreaterThanOrEqualTo(SHIFT);
                assertThat((int) of(path, "gid")).isGreaterThanOrEqualTo(SHIFT);
              });
    }
    assertThat((int) of(rootfs().resolve("usr/bin/su"), "mode") & 07777).isEqualTo(04755);
    assertThat((int) of(rootfs().resolve("usr/bin/chage"), "mode") & 07777).isEqualTo(02755);
    assertThat((int) of(rootfs().resolve("pgproof/data"), "uid"))
        .isEqualTo(SHIFT + built.get(0).uid());
    assertThat((int) of(rootfs().resolve("pgproof/data"), "gid"))
        .isEqualTo(SHIFT + built.get(0).gid());
  }

  @Test
  void theImageHasLocalesContribModulesAndExtraPackagesButNoCluster() {
    assertThat(rootfs().resolve("usr/lib/locale/en_US.utf8")).isDirectory();
    assertThat(rootfs().resolve("usr/lib/locale/de_DE.utf8")).isDirectory();
    assertThat(rootfs().resolve("usr/share/postgresql/15/extension/amcheck.control"))
        .isRegularFile();
    assertThat(rootfs().resolve("usr/share/postgresql/15/extension/pg_cron.control"))
        .isRegularFile();
    assertThat(rootfs().resolve("var/lib/postgresql/15/main")).doesNotExist();
  }

  @Test
  void aSecondBuildReturnsTheExistingImage() {
    assertThat(store.build(15, false, line -> assertThat(line).isNull())).isEqualTo(built.get(0));
  }

  @Test
  void anUnknownPackageFailsTheBuildInAptsWords() throws IOException {
    List<Path> before = entries();
    BuiltImages bogus =
        storeOf(source.withPackages(List.of("postgresql-15", "postgresql-15-no-such-module")));

    assertThatThrownBy(() -> bogus.build(15, false, line -> {}))
        .isInstanceOfSatisfying(
            FindingException.class,
            thrown -> {
              assertThat(thrown.finding().reason()).isEqualTo(Reason.NO_IMAGE);
              assertThat(thrown.finding().message())
                  .contains("Unable to locate package postgresql-15-no-such-module");
              assertThat(thrown.finding().words())
                  .contains("E: Unable to locate package postgresql-15-no-such-module");
            });
    assertThat(entries()).containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void aSourceIsTrustedOnlyByItsOwnKeys() throws IOException {
    String debian =
        Files.readAllLines(rootfs().resolve("etc/apt/sources.list")).stream()
            .filter(line -> line.startsWith("deb ") && line.contains(" bookworm "))
            .findFirst()
            .orElseThrow();

    assertThat(refusal(debian, "debian-archive-removed-keys.gpg"))
        .contains("InRelease' is not signed");
    assertThat(refusal(debian, "debian-archive-keyring.gpg"))
        .contains("Unable to locate package no-such-package");
  }

  private String refusal(String line, String keys) {
    String source =
        line.replaceFirst("deb (\\[.*] )?", "deb [signed-by=/usr/share/keyrings/" + keys + "] ");
    BuiltImages store =
        storeOf(
            Packages.of(
                15,
                "bookworm",
                List.of(source),
                Optional.empty(),
                List.of("no-such-package"),
                "/usr/bin",
                "postgres"));
    return catchThrowableOfType(FindingException.class, () -> store.build(15, false, said -> {}))
        .finding()
        .message();
  }

  @Test
  void aBuildBeyondItsTimeLimitLeavesNothing() throws IOException {
    List<Path> before = entries();
    BuiltImages hurried =
        storeOf(
            source.withPackages(List.of("postgresql-15")),
            new Mmdebstrap(programs, Duration.ofSeconds(1)));

    assertThatThrownBy(() -> hurried.build(15, false, line -> {}))
        .isInstanceOfSatisfying(
            FindingException.class,
            thrown -> {
              assertThat(thrown.finding().reason()).isEqualTo(Reason.NO_IMAGE);
              assertThat(thrown.finding().message()).contains("did not end within 1 s");
            });
    assertThat(entries()).containsExactlyInAnyOrderElementsOf(before);
    // The kernel ends a killed build's processes in its own time.
    await().untilAsserted(() -> assertThat(buildersHere()).isEmpty());
  }

  @Test
  @Order(Integer.MAX_VALUE) // the tests above look at the image that this one replaces
  void refreshReplacesTheImageAndKeepsTheOldOneUntilCleanup() throws IOException {
    Image before = store.find(15).orElseThrow();

    Image after = store.build(15, true, line -> {});

    assertThat(after.key()).isEqualTo(before.key());
    assertThat(after.builtAt()).isAfter(before.builtAt());
    assertThat(store.find(15)).contains(after);
    Path old =
        entries().stream()
            .filter(entry -> entry.getFileName().toString().startsWith(".old-"))
            .findAny()
            .orElseThrow();
    assertThat(old.resolve("rootfs/usr/bin/su")).exists();

    assertThat(store.reap(failed -> {})).containsExactly(old);
    assertThat(entries()).containsExactly(images.resolve(after.key()));
  }

  private Path rootfs() {
    return built.get(0).rootfs();
  }

  private static Object of(Path path, String attribute) throws IOException {
    return Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }
}
