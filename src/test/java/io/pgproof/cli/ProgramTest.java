package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.Bench;
import io.pgproof.EngineDatabase;
import io.pgproof.Remains;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.proof.RunId;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole program, started, interrupted, killed and started again as operators and machines do it. */
@Tag("container")
class ProgramTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path backup;
  private StateDirectory state;

  @BeforeEach
  void aStateDirectoryWithAnImage() throws Exception {
    backup = Bench.backup(15);
    state = Bench.stateWithImage(15);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Remains.assertNone(state);
    Trees.remove(state.path());
  }

  @Test
  void jsonIsAllThatIsOnStandardOutput() throws Exception {
    try (Program program = verify("--json")) {
      assertThat(program.await()).as(program.err()).isZero();
      assertThat(program.out().lines()).hasSize(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(report.get("verdict").asText()).isEqualTo("proven");
      List<String> members = new ArrayList<>();
      report.fieldNames().forEachRemaining(members::add);
      assertThat(members).containsExactly("schema", "run", "target", "verdict", "reason", "message", "hint", "startedAt",
          "finishedAt", "backup", "image", "recovery", "freshness", "checks", "notChecked", "phases", "totalMillis");
      assertThat(report.get("startedAt").asText()).endsWith("Z");
      assertThat(report.get("target").isNull()).isTrue();
    }
    assertThat(permissions(state.path())).isEqualTo("rwx------");
  }

  @Test
  void theVerdictIsTheExitStatus() throws Exception {
    try (Program stale = verify("--max-age", "1s", "--json")) {
      assertThat(stale.await()).isEqualTo(3);
      assertThat(JSON.readTree(stale.out()).get("reason").asText()).isEqualTo("too-old");
    }
    try (Program refuted = verify("--assert", "select false")) {
      assertThat(refuted.await()).isEqualTo(4);
      assertThat(refuted.out()).contains("REFUTED").contains("HINT:");
    }
    try (Program unknown = Program.start(state.path(), "verify", backup.toString(), "--freshness-query", "select 'x'")) {
      assertThat(unknown.await()).isEqualTo(1);
      assertThat(unknown.out()).contains("INCONCLUSIVE");
    }
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      assertThat(runs.await()).isZero();
      assertThat(JSON.readTree(runs.out()).findValuesAsText("verdict")).containsExactly("inconclusive", "refuted", "stale");
      assertThat(JSON.readTree(runs.out()).findValuesAsText("askedBy")).containsOnly("olga");
    }
  }

  @Test
  void wrongUsageMakesNoRun() throws Exception {
    List<List<String>> wrong = List.of(
        List.of("verify", "--json", "/no/such/path"),
        List.of("verify", "--json", state.images().toString()),
        List.of("verify", "--json", backup.toString(), "--max-age", "soon"),
        List.of("verify", "--json", backup.toString(), "--depth", "full"),
        List.of("verify", "--json", backup.toString(), "--memory", "3M"),
        List.of("verify", "--json", backup.toString(), "--no-such-option"),
        List.of("verify", "--json"));
    for (List<String> arguments : wrong) {
      try (Program program = Program.start(state.path(), arguments.toArray(String[]::new))) {
        assertThat(program.await()).as(arguments + program.err()).isEqualTo(2);
        JsonNode report = JSON.readTree(program.out());
        assertThat(report.get("verdict").isNull()).isTrue();
        assertThat(report.get("reason").asText()).isNotBlank();
        assertThat(report.get("hint").asText()).isNotBlank();
      }
    }
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      runs.await();
      assertThat(runs.out().strip()).isEqualTo("[]");
    }
  }

  @Test
  void anybodyButRootIsTurnedAway() throws Exception {
    try (Program program = Program.start(state.path(), Map.of(), List.of("unshare", "--user"),
        "verify", "--json", "/etc")) {
      assertThat(program.await()).isEqualTo(2);
      assertThat(JSON.readTree(program.out()).get("reason").asText()).isEqualTo("not-root");
    }
  }

  @Test
  void withoutLiblxcNothingIsSaidAboutTheBackup() throws Exception {
    assertInconclusive("no-lxc", Map.of(), hiding("mount --bind /dev/null " + library("liblxc.so.1")));
  }

  @Test
  void withoutControlGroupsNothingIsSaidAboutTheBackup() throws Exception {
    assertInconclusive("no-lxc", Map.of(), hiding("umount --lazy --recursive /sys/fs/cgroup"));
  }

  @Test
  void withTooLittleSpaceNothingIsSaidAboutTheBackup() throws Exception {
    assertInconclusive("disk-full", Map.of("PGPROOF_RESERVE", "100TB"), List.of());
  }

  @Test
  void withoutAnImageAndNoneToBeBuiltNothingIsSaidAboutTheBackup() throws Exception {
    Trees.remove(state.images());
    assertInconclusive("no-image", Map.of("PGPROOF_BUILD_IMAGES", "false"), List.of());
  }

  @Test
  void withAnEngineThatDoesNotStartNothingIsSaidAboutTheBackup() throws Exception {
    assertInconclusive("environment", Map.of("SPRING_DATASOURCE_URL", "jdbc:h2:file:/dev/null/engine"), List.of());
  }

  /** A moment in a verification, told by what is on disk. */
  enum Moment {
    RESTORING("data/base"),
    CREATING("machine"),
    RECOVERING("log/server.log"),
    CHECKING("socket/.s.PGSQL.5432");

    private final String sign;

    Moment(String sign) {
      this.sign = sign;
    }
  }

  @ParameterizedTest(name = "while {0}")
  @EnumSource(Moment.class)
  void killedAndStartedAgainARunReachesItsVerdict(Moment moment) throws Exception {
    String run;
    try (Program program = verify("--assert", slowWhile(moment))) {
      run = awaitMoment(program, moment);
      program.kill();
    }
    assertThat(state.runs().resolve(run)).as("the kill came in the middle").exists();

    try (Program next = verify()) {
      assertThat(next.await()).as(next.err()).isZero();
    }

    Remains.assertNone(state);
    try (Program show = Program.start(state.path(), "show", run)) {
      assertThat(show.await()).isZero();
      assertThat(show.out()).contains("PROVEN").contains("attempt 1 had been cut off").contains("attempt 2 began");
    }
  }

  @ParameterizedTest(name = "while {0}")
  @EnumSource(Moment.class)
  void interruptedARunIsTornDownAndToldAsInterrupted(Moment moment) throws Exception {
    try (Program program = verify("--json", "--assert", slowWhile(moment))) {
      awaitMoment(program, moment);
      program.interrupt();
      assertInterrupted(program);
    }
    Remains.assertNone(state);
  }

  @Test
  void verifyAsksTheServerWhereOneRuns() throws Exception {
    try (Program server = Program.start(state.path(), Map.of("SERVER_PORT", "0"), List.of(), "serve")) {
      await().atMost(Duration.ofMinutes(2)).until(() -> server.err().contains("pgproof serves") || !server.running());
      assertThat(server.err()).contains("pgproof serves http://127.0.0.1:");
      try (Program program = verify("--json")) {
        assertThat(program.await()).as(program.err()).isZero();
        assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
      }
      assertThat(server.running()).isTrue();
      server.terminate();
      assertThat(server.await()).isEqualTo(143);
    }
    assertThat(permissions(state.path().resolve("admin-password"))).isEqualTo("rw-------");
  }

  @Test
  void interruptedAsSoonAsItBeganARunEndsAsInterrupted() throws Exception {
    try (Program program = verify("--json", "--assert", "select pg_sleep(30) is not null")) {
      await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(2))
          .until(() -> program.err().contains("run ") || !program.running());
      program.interrupt();
      assertInterrupted(program);
    }
    Remains.assertNone(state);
  }

  @Test
  void interruptedWhileAnImageIsBuiltTheBuildEndsWithTheRun() throws Exception {
    Trees.remove(state.images());
    try (Program program = verify("--json")) {
      await().atMost(Duration.ofMinutes(2)).until(() -> !program.running()
          || Files.isDirectory(state.images()) && images().stream().anyMatch(name -> name.startsWith(".building-")));
      program.interrupt();
      assertInterrupted(program);
    }
    assertThat(images()).isEmpty();
    Remains.assertNone(state);
  }

  @Test
  void interruptedInItsTeardownARunKeepsTheVerdictThatItsChecksGave() throws Exception {
    try (Program program = Program.start(state.path(), Map.of("PGPROOF_RETRY_CYCLE", "PT2S,PT2S,PT2S"), List.of(),
        "verify", backup.toString(), "--json", "--assert", "select pg_sleep(3) is not null")) {
      String run = awaitMoment(program, Moment.CHECKING);
      Path held = state.run(new RunId(run)).settings().resolve("postgresql.conf");
      chattr("+i", held);
      try {
        await().atMost(Duration.ofMinutes(1)).until(() -> program.err().contains(held.toString()) || !program.running());
        program.interrupt();
      } finally {
        chattr("-i", held);
      }
      assertThat(program.await()).as(program.err()).isEqualTo(130);
      assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
    }
    Remains.assertNone(state);
  }

  @Test
  void aSignalEndsTheOwnRunAndLeavesTheOthersToTheNextOwner(@TempDir Path place) throws Exception {
    String first;
    try (Program program = verify("--assert", "select pg_sleep(30) is not null")) {
      first = awaitMoment(program, Moment.CHECKING);
      program.kill();
    }
    // Two of one path would take turns.
    Path other = Files.createSymbolicLink(place.resolve("other"), backup);
    try (Program program = Program.start(
        state.path(), "verify", other.toString(), "--json", "--assert", "select pg_sleep(30) is not null")) {
      await().atMost(Duration.ofMinutes(2)).until(() -> at(Moment.CHECKING).size() == 2 || !program.running());
      program.interrupt();
      assertThat(program.await()).as(program.err()).isEqualTo(130);
      assertThat(JSON.readTree(program.out()).get("reason").asText()).isEqualTo("interrupted");
    }
    Remains.assertNone(state);
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      assertThat(runs.await()).isZero();
      JsonNode lines = JSON.readTree(runs.out());
      assertThat(lines.findValuesAsText("run")).hasSize(2).last().isEqualTo(first);
      assertThat(lines.get(0).get("reason").asText()).isEqualTo("interrupted");
      assertThat(lines.get(1).get("verdict").isNull()).as("nobody took the first one back").isTrue();
    }
  }

  @ParameterizedTest(name = "when it is killed: {0}")
  @ValueSource(booleans = {false, true})
  void anOwnerThatEndsUnderAWaitingVerifyCostsTimeAndNoVerdict(boolean killed) throws Exception {
    try (Program server = Program.start(state.path(), Map.of("SERVER_PORT", "0"), List.of(), "serve")) {
      await().atMost(Duration.ofMinutes(2)).until(() -> server.err().contains("pgproof serves") || !server.running());
      try (Program program = verify("--json", "--assert", "select pg_sleep(5) is not null")) {
        String run = awaitMoment(program, Moment.CHECKING);
        if (killed) {
          server.kill();
        } else {
          server.terminate();
          assertThat(server.await()).isEqualTo(143);
        }
        assertThat(program.await()).as(program.err()).isZero();
        JsonNode report = JSON.readTree(program.out());
        assertThat(report.get("run").asText()).isEqualTo(run);
        assertThat(report.get("verdict").asText()).isEqualTo("proven");
        assertThat(program.err()).contains("the next one is asked");
      }
    }
  }

  @Test
  void anOwnerThatEndsBeforeItBeganTheRunIsReplaced() throws Exception {
    try (ServerSocketChannel ending = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ending.bind(UnixDomainSocketAddress.of(state.controlSocket()));
      try (Program program = verify("--json")) {
        SocketChannel asked = ending.accept();
        Files.delete(state.controlSocket());
        asked.close();
        assertProven(program);
      }
    }
  }

  @Test
  void aRunThatWasTakenBackIsNotBegunAgain() throws Exception {
    String run;
    try (Program program = verify("--assert", slowWhile(Moment.CHECKING))) {
      run = awaitMoment(program, Moment.CHECKING);
      program.kill();
    }
    // As if the kill had come right after a signal.
    try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + state.engineDatabase(), "pgproof", "");
        PreparedStatement insert = connection.prepareStatement(
            "insert into pgproof_evidence (run, at, kind, actor, body) "
                + "values (?, now(), 'Withdrawn', 'olga', '{\"by\":\"olga\"}')")) {
      insert.setString(1, run);
      insert.executeUpdate();
    }

    try (Program next = verify("--json")) {
      assertProven(next);
    }

    try (Program show = Program.start(state.path(), "show", run)) {
      assertThat(show.await()).isZero();
      assertThat(show.out()).contains("INCONCLUSIVE").contains("(interrupted)").contains("olga").doesNotContain("attempt 2");
    }
  }

  @Test
  void aSecondVerifyGoesThroughTheOwnerThatTheFirstOneIs() throws Exception {
    try (Program first = verify("--json", "--assert", "select pg_sleep(3) is not null")) {
      awaitMoment(first, Moment.CHECKING);
      try (Program second = verify("--json")) {
        await().atMost(Duration.ofMinutes(2)).until(() -> second.err().contains("run ") || !second.running());
        assertThat(Ownership.owner(state)).hasValue(first.pid());
        assertProven(second);
      }
      assertProven(first);
    }
  }

  @Test
  void twoStartedAtOnceAreBothProvenByOneOwner() throws Exception {
    try (Program one = verify("--json", "--assert", "select pg_sleep(3) is not null");
        Program other = verify("--json", "--assert", "select pg_sleep(3) is not null")) {
      await().atMost(Duration.ofMinutes(2)).until(() -> at(Moment.CHECKING).size() == 2 || !one.running() || !other.running());
      assertThat(Ownership.owner(state).orElseThrow()).isIn(one.pid(), other.pid());
      assertProven(one);
      assertProven(other);
    }
  }

  @Test
  void anEngineOnPostgresProvesAsOneOnH2Does() throws Exception {
    try (EngineDatabase database = EngineDatabase.start()) {
      Map<String, String> settings = Map.of("SPRING_DATASOURCE_URL", database.url(),
          "SPRING_DATASOURCE_USERNAME", database.user(), "SPRING_DATASOURCE_PASSWORD", database.password());
      try (Program program = Program.start(state.path(), settings, List.of(), "verify", backup.toString(), "--json",
          "--assert", "select false")) {
        assertThat(program.await()).as(program.err()).isEqualTo(4);
      }
      try (Program runs = Program.start(state.path(), settings, List.of(), "runs", "--json")) {
        assertThat(runs.await()).as(runs.err()).isZero();
        assertThat(JSON.readTree(runs.out()).findValuesAsText("verdict")).containsExactly("refuted");
      }
      try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
          Statement statement = connection.createStatement()) {
        for (String change : List.of("update pgproof_evidence set actor = 'nobody'", "delete from pgproof_evidence",
            "truncate pgproof_evidence")) {
          assertThatThrownBy(() -> statement.execute(change)).hasMessageContaining("insert-only");
        }
      }
    }
    assertThat(state.path().resolve("engine")).isEmptyDirectory();
  }

  @Test
  void doctorFindsNothingMissingHereAndHasNothingToMend() throws Exception {
    for (String[] arguments : new String[][] {{"doctor"}, {"doctor", "--fix"}}) {
      assertThat(answer(0, List.of(), arguments)).isEqualTo("nothing is missing\n");
    }
  }

  @Test
  void doctorNamesWhatIsMissingAndTheCommandThatMendsIt() throws Exception {
    assertThat(answer(1, hiding("mount --bind /dev/null /usr/bin/mmdebstrap"), "doctor"))
        .contains("mmdebstrap is missing").contains("HINT: apt-get install -y mmdebstrap");
    assertThat(answer(1, hiding("mount --bind /dev/null " + library("liblz4.so.1")), "doctor"))
        .contains("liblz4.so.1 cannot be loaded").contains("HINT: apt-get install -y liblz4-1");
  }

  @Test
  void withoutADecodersLibraryNothingIsSaidAboutTheBackup() throws Exception {
    Path lz4 = Files.createDirectory(state.path().resolve("lz4"));
    Files.writeString(lz4.resolve("base.tar.lz4"), "whatever");
    try (Program program = Program.start(state.path(), Map.of(), hiding("mount --bind /dev/null " + library("liblz4.so.1")),
        "verify", lz4.toString(), "--json")) {
      assertThat(program.await()).as(program.err()).isEqualTo(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(report.get("reason").asText()).as(program.out()).isEqualTo("environment");
      assertThat(report.get("message").asText()).contains("base.tar.lz4 cannot be decoded: liblz4.so.1");
      assertThat(report.get("hint").asText()).isEqualTo("apt-get install -y liblz4-1");
    }
  }

  @Test
  void imagesAreListedBuiltAndRemoved() throws Exception {
    String key = images().get(0);
    assertThat(answer(0, List.of(), "images")).contains(key + "  PostgreSQL 15.")
        .contains("PostgreSQL 13 from the suite bullseye: postgresql-13, locales-all");
    JsonNode listed = JSON.readTree(answer(0, List.of(), "images", "list", "--json"));
    assertThat(listed.findValuesAsText("key")).containsExactly(key);
    assertThat(answer(0, List.of(), "images", "build", "15")).startsWith("image " + key + " holds PostgreSQL 15.");
    answer(1, List.of(), "images", "build", "16");
    answer(2, List.of(), "images", "build", "fifteen");
    assertThat(answer(0, List.of(), "images", "remove", key)).contains(key + " removed");
    answer(2, List.of(), "images", "remove", key);
    assertThat(images()).isEmpty();
  }

  @Test
  void imagesAreWhatImagesYamlSaysAndDoctorNamesItsMistakes() throws Exception {
    Files.writeString(state.imageSources(), "images:\n  - postgres: 12\n    rootfs: /srv/pg12.zip\n");
    assertThat(answer(1, List.of(), "doctor"))
        .contains(state.imageSources() + ":3: rootfs of PostgreSQL 12 is '/srv/pg12.zip'", "HINT: correct the file");
    answer(2, List.of(), "images");
    Files.writeString(state.imageSources(), "images:\n  - postgres: 12\n    rootfs: /srv/pg12.tar.zst\n");
    assertThat(answer(0, List.of(), "images"))
        .contains("PostgreSQL 12 from the root file system /srv/pg12.tar.zst (" + state.imageSources() + ")");
    try (Program build = Program.start(state.path(), "images", "build", "12")) {
      assertThat(build.await()).isEqualTo(1);
      assertThat(build.err()).contains("/srv/pg12.tar.zst does not exist (no-image)", "HINT: put it there");
    }
  }

  @Test
  void cleanRemovesEveryLeftoverButWhatIsNotPgproofs() throws Exception {
    Path build = state.images().resolve(".building-" + images().get(0) + "-17/rootfs");
    Path run = state.runs().resolve("20261122-193012-k3f9/data");
    Path kept = state.kept().resolve("20261122-193012-k3f9.until-1763840000/data");
    Path foreign = state.kept().resolve("notes.until-5");
    for (Path directory : List.of(build, run, kept, foreign)) {
      Files.createDirectories(directory);
    }

    answer(0, List.of(), "clean");

    assertThat(List.of(build.getParent(), run.getParent(), kept.getParent())).noneMatch(Files::exists);
    assertThat(foreign).exists();
    assertThat(images()).hasSize(1);
    assertThat(answer(0, List.of(), "clean")).isEqualTo("nothing was left behind\n");
  }

  @Test
  void leftoversThatCannotBeRemovedAreNamedAndKeepNothingFromStarting() throws Exception {
    List<Path> held = List.of(state.kept().resolve("20261122-193012-k3f9.until-1763840000/held"),
        state.images().resolve(".removed-" + images().get(0) + "-20261122T193012.000/held"));
    Path run = Files.createDirectories(state.runs().resolve("20261122-193012-k3f9"));
    for (Path file : held) {
      Files.createDirectories(file.getParent());
      Files.createFile(file);
      chattr("+i", file);
    }
    try {
      try (Program clean = Program.start(state.path(), "clean")) {
        assertThat(clean.await()).isEqualTo(1);
        assertThat(clean.err()).contains(held.get(0).toString()).contains(held.get(1).toString());
      }
      assertThat(run).as("the rest is removed all the same").doesNotExist();
      try (Program program = verify("--json")) {
        assertProven(program);
      }
    } finally {
      for (Path file : held) {
        chattr("-i", file);
      }
    }
  }

  @Test
  void aPastRunIsShownAsItWasTold() throws Exception {
    String told;
    try (Program program = verify("--json", "--max-age", "1s")) {
      assertThat(program.await()).isEqualTo(3);
      told = program.out();
    }
    String run = JSON.readTree(told).get("run").asText();
    assertThat(answer(0, List.of(), "show", run, "--json")).isEqualTo(told);
    assertThat(JSON.readTree(answer(0, List.of(), "runs", "--json")).findValuesAsText("run")).containsExactly(run);
    answer(2, List.of(), "show", "20261122-193012-k3f9");
  }

  /** What a command writes to standard output when it ends with this status. */
  private String answer(int status, List<String> wrapper, String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), Map.of(), wrapper, arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isEqualTo(status);
      return program.out();
    }
  }

  private Program verify(String... more) {
    List<String> arguments = new ArrayList<>(List.of("verify", backup.toString(), "--freshness-query", SourceDatabase.FRESHNESS_QUERY));
    arguments.addAll(Arrays.asList(more));
    return Program.start(state.path(), arguments.toArray(String[]::new));
  }

  /** Lets the checks last long enough to be caught in; the resumed run asks it again. */
  private static String slowWhile(Moment moment) {
    return moment == Moment.CHECKING ? "select pg_sleep(8) is not null" : "select true";
  }

  private String awaitMoment(Program program, Moment moment) {
    List<String> seen = new ArrayList<>();
    await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(2)).until(() -> {
      seen.addAll(at(moment));
      return !seen.isEmpty() || !program.running();
    });
    assertThat(seen).as(program.err()).isNotEmpty();
    return seen.get(0);
  }

  /** The runs that have come so far. */
  private List<String> at(Moment moment) {
    try (Stream<Path> runs = Files.list(state.runs())) {
      return runs.filter(run -> Files.exists(run.resolve(moment.sign))).map(run -> run.getFileName().toString()).toList();
    } catch (IOException | UncheckedIOException e) {
      // Not made yet.
      return List.of();
    }
  }

  private static void assertInterrupted(Program program) throws Exception {
    assertThat(program.await()).as(program.err()).isEqualTo(130);
    JsonNode report = JSON.readTree(program.out());
    assertThat(report.get("run").asText()).isNotBlank();
    assertThat(report.get("verdict").asText()).isEqualTo("inconclusive");
    assertThat(report.get("reason").asText()).isEqualTo("interrupted");
    assertThat(report.get("message").asText()).contains("olga");
  }

  private List<String> images() throws IOException {
    try (Stream<Path> images = Files.list(state.images())) {
      return images.map(image -> image.getFileName().toString()).toList();
    }
  }

  private static void chattr(String flag, Path file) throws Exception {
    assertThat(new ProcessBuilder("chattr", flag, file.toString()).inheritIO().start().waitFor()).isZero();
  }

  private static void assertProven(Program program) throws Exception {
    assertThat(program.await()).as(program.err()).isZero();
    assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
  }

  private void assertInconclusive(String reason, Map<String, String> environment, List<String> wrapper) throws Exception {
    try (Program program = Program.start(state.path(), environment, wrapper, "verify", backup.toString(), "--json")) {
      assertThat(program.await()).as(program.err()).isEqualTo(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(List.of(report.get("verdict").asText(), report.get("reason").asText()))
          .as(program.out()).containsExactly("inconclusive", reason);
      assertThat(report.get("hint").asText()).isNotBlank();
    }
  }

  private static Path library(String name) throws IOException {
    return Path.of("/usr/lib/x86_64-linux-gnu", name).toRealPath();
  }

  /** Runs the program where a part of the host is hidden from it, and from nobody else. */
  private static List<String> hiding(String mount) {
    return List.of("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", mount + " && exec \"$@\"", "sh");
  }

  private static String permissions(Path path) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
