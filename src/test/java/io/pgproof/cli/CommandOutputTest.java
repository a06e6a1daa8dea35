package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.command.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What each command answers, and with which exit status. */
@Tag("container")
class CommandOutputTest extends ProgramFixture {
  @Test
  void standardOutputHasOnlyTheJsonObject() throws Exception {
    try (Program program = verify("--json")) {
      assertThat(program.await()).as(program.err()).isZero();
      assertThat(program.out().lines()).hasSize(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(report.get("verdict").asText()).isEqualTo("proven");
      List<String> members = new ArrayList<>();
      report.fieldNames().forEachRemaining(members::add);
      assertThat(members)
          .containsExactly(
              "schema",
              "run",
              "target",
              "verdict",
              "reason",
              "message",
              "hint",
              "startedAt",
              "finishedAt",
              "backup",
              "image",
              "recovery",
              "freshness",
              "objectives",
              "checks",
              "notChecked",
              "notes",
              "phases",
              "restoreTimeMillis",
              "totalMillis");
      assertThat(report.get("startedAt").asText()).endsWith("Z");
      assertThat(report.get("target").isNull()).isTrue();
    }
    assertThat(permissions(state.path())).isEqualTo("rwx------");
  }

  @Test
  void theVerdictIsTheExitStatus() throws Exception {
    try (Program server = serve()) {
      try (Program stale = verify("--max-age", "1s", "--json");
          Program refuted = verify("--assert", "select false");
          Program unknown =
              Program.start(
                  state.path(), "verify", backup.toString(), "--freshness-query", "select 'x'")) {
        assertThat(stale.await()).isEqualTo(3);
        assertThat(JSON.readTree(stale.out()).get("reason").asText()).isEqualTo("too-old");
        assertThat(refuted.await()).isEqualTo(4);
        assertThat(refuted.out()).contains("REFUTED").contains("HINT:");
        assertThat(unknown.await()).isEqualTo(1);
        assertThat(unknown.out()).contains("INCONCLUSIVE");
      }
      JsonNode runs = JSON.readTree(answer(0, List.of(), "runs", "--json"));
      assertThat(runs.findValuesAsText("verdict"))
          .containsExactlyInAnyOrder("inconclusive", "refuted", "stale");
      assertThat(runs.findValuesAsText("askedBy")).containsOnly("olga");
      assertThat(server.running()).isTrue();
    }
  }

  @Test
  void aPastRunIsShownAsItWasPrinted() throws Exception {
    String told;
    try (Program program = verify("--json", "--max-age", "1s")) {
      assertThat(program.await()).isEqualTo(3);
      told = program.out();
    }
    String run = JSON.readTree(told).get("run").asText();
    assertThat(answer(0, List.of(), "show", run, "--json")).isEqualTo(told);
    assertThat(JSON.readTree(answer(0, List.of(), "runs", "--json")).findValuesAsText("run"))
        .containsExactly(run);
    answer(2, List.of(), "show", "20261122-193012-k3f9");
  }

  @Test
  void wrongUsageStartsNoEngineAndNoRun() throws Exception {
    Map<String, String> noEngine = Map.of("SPRING_DATASOURCE_URL", "jdbc:h2:file:/dev/null/engine");
    List<List<String>> wrong =
        List.of(
            List.of("verify", "--json", "/no/such/path"),
            List.of("verify", "--json", state.images().toString()),
            List.of("verify", "--json", backup.toString(), "--max-age", "soon"),
            List.of("verify", "--json", backup.toString(), "--depth", "full"),
            List.of("verify", "--json", backup.toString(), "--memory", "3M"),
            List.of("verify", "--json", backup.toString(), "--no-such-option"),
            List.of("verify", "--json"));
    for (List<String> arguments : wrong) {
      try (Program program =
          Program.start(state.path(), noEngine, List.of(), arguments.toArray(String[]::new))) {
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
  void usersOtherThanRootAreRefused() throws Exception {
    try (Program program =
        Program.start(
            state.path(), Map.of(), List.of("unshare", "--user"), "verify", "--json", "/etc")) {
      assertThat(program.await()).isEqualTo(2);
      assertThat(JSON.readTree(program.out()).get("reason").asText()).isEqualTo("not-root");
    }
  }

  @Test
  void missingLiblxcIsInconclusive() throws Exception {
    assertInconclusive(
        "no-lxc", Map.of(), hiding("mount --bind /dev/null " + library("liblxc.so.1")));
  }

  @Test
  void missingControlGroupsAreInconclusive() throws Exception {
    assertInconclusive("no-lxc", Map.of(), hiding("umount --lazy --recursive /sys/fs/cgroup"));
  }

  @Test
  void aMissingDecoderLibraryIsInconclusive() throws Exception {
    Path lz4 = Files.createDirectory(state.path().resolve("lz4"));
    Files.writeString(lz4.resolve("base.tar.lz4"), "whatever");
    try (Program program =
        Program.start(
            state.path(),
            Map.of(),
            hiding("mount --bind /dev/null " + library("liblz4.so.1")),
            "verify",
            lz4.toString(),
            "--json")) {
      assertThat(program.await()).as(program.err()).isEqualTo(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(report.get("reason").asText()).as(program.out()).isEqualTo("environment");
      assertThat(report.get("message").asText())
          .contains("base.tar.lz4 cannot be decoded: liblz4.so.1");
      assertThat(report.get("hint").asText()).isEqualTo("apt-get install -y liblz4-1");
    }
  }

  @Test
  void tooLittleSpaceIsInconclusive() throws Exception {
    assertInconclusive("disk-full", Map.of("PGPROOF_RESERVE", "100TB"), List.of());
  }

  @Test
  void aMissingImageThatMayNotBeBuiltIsInconclusive() throws Exception {
    Trees.remove(state.images());
    assertInconclusive("no-image", Map.of("PGPROOF_BUILD_IMAGES", "false"), List.of());
  }

  @Test
  void anEngineThatDoesNotStartIsInconclusive() throws Exception {
    assertInconclusive(
        "environment", Map.of("SPRING_DATASOURCE_URL", "jdbc:h2:file:/dev/null/engine"), List.of());
  }

  @Test
  void doctorFindsNothingMissingOnThisMachine() throws Exception {
    for (String[] arguments : new String[][] {{"doctor"}, {"doctor", "--fix"}}) {
      assertThat(answer(0, List.of(), arguments)).isEqualTo("nothing is missing\n");
    }
  }

  @Test
  void doctorNamesWhatIsMissingAndTheCommandThatFixesIt() throws Exception {
    assertThat(answer(1, hiding("mount --bind /dev/null /usr/bin/mmdebstrap"), "doctor"))
        .contains("mmdebstrap is missing")
        .contains("HINT: apt-get install -y mmdebstrap");
    assertThat(answer(1, hiding("mount --bind /dev/null " + library("liblz4.so.1")), "doctor"))
        .contains("liblz4.so.1 cannot be loaded")
        .contains("HINT: apt-get install -y liblz4-1");
  }

  @Test
  void imagesAreListedBuiltAndRemoved() throws Exception {
    String key = images().get(0);
    assertThat(answer(0, List.of(), "images"))
        .contains(key + "  PostgreSQL 15.")
        .contains("PostgreSQL 13 from the suite bullseye: postgresql-13, locales-all");
    JsonNode listed = JSON.readTree(answer(0, List.of(), "images", "list", "--json"));
    assertThat(listed.findValuesAsText("key")).containsExactly(key);
    assertThat(answer(0, List.of(), "images", "build", "15"))
        .startsWith("image " + key + " contains PostgreSQL 15.");
    answer(1, List.of(), "images", "build", "16");
    answer(2, List.of(), "images", "build", "fifteen");
    assertThat(answer(0, List.of(), "images", "remove", key)).contains(key + " removed");
    answer(2, List.of(), "images", "remove", key);
    assertThat(images()).isEmpty();
  }

  @Test
  void imagesFollowImagesYamlAndDoctorNamesItsMistakes() throws Exception {
    Files.writeString(
        state.imageSources(), "images:\n  - postgres: 12\n    rootfs: /srv/pg12.zip\n");
    assertThat(answer(1, List.of(), "doctor"))
        .contains(
            state.imageSources() + ":3: rootfs of PostgreSQL 12 is '/srv/pg12.zip'",
            "HINT: correct the file");
    answer(2, List.of(), "images");
    Files.writeString(
        state.imageSources(), "images:\n  - postgres: 12\n    rootfs: /srv/pg12.tar.zst\n");
    assertThat(answer(0, List.of(), "images"))
        .contains(
            "PostgreSQL 12 from the root file system /srv/pg12.tar.zst ("
                + state.imageSources()
                + ")");
    try (Program build = Program.start(state.path(), "images", "build", "12")) {
      assertThat(build.await()).isEqualTo(1);
      assertThat(build.err())
          .contains("/srv/pg12.tar.zst does not exist (no-image)", "HINT: put it there");
    }
  }

  @Test
  void aWrongSettingIsNamedBeforeTheEngineStarts() throws Exception {
    try (Program clean =
        Program.start(state.path(), Map.of("PGPROOF_REMOVAL_TIMEOUT", "10m"), List.of(), "clean")) {
      assertThat(clean.await()).as(clean.err()).isEqualTo(2);
      assertThat(clean.err())
          .contains(
              "pgproof.removal-timeout must be from 1s to 4m",
              "HINT: correct it in the environment");
    }
    try (Program clean =
        Program.start(
            state.path(), Map.of("PGPROOF_REMOVAL_TIMEOUT", "soon"), List.of(), "clean")) {
      assertThat(clean.await()).as(clean.err()).isEqualTo(2);
      assertThat(clean.err())
          .contains(
              "pgproof.removal-timeout: 'soon' is not a duration such as 90s, 30m, 24h, 7d or PT1H30M",
              "HINT: correct it in the environment");
    }
  }

  @Test
  void aSecondDemoWaitsForTheFirstAndIsProven() throws Exception {
    Path others = Files.createDirectories(state.demo().resolve("backup")).resolve("base.tar.gz");
    Files.writeString(others, "of a demonstration that is under way");
    try (FileChannel lock =
            FileChannel.open(
                state.demoLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock underWay = lock.lock();
        Program demo = Program.start(state.path(), "demo", "--orders", "1000")) {
      await()
          .until(
              () ->
                  demo.err().contains("waiting for another demonstration in " + state.path())
                      || !demo.running());
      assertThat(others).exists();
      underWay.release();
      assertThat(demo.await()).as(demo.err()).isZero();
      assertThat(demo.out())
          .contains("PROVEN", "./pgproof verify " + state.demo().resolve("backup"));
    }
  }

  @Test
  void cleanRemovesOnlyPgproofsLeftovers() throws Exception {
    Path build = state.images().resolve(".building-" + images().get(0) + "-17/rootfs");
    Path run = state.runs().resolve("20261122-193012-k3f9/data");
    Path kept = state.kept().resolve("20261122-193012-k3f9.until-1763840000/data");
    Path foreign = state.kept().resolve("notes.until-5");
    for (Path directory : List.of(build, run, kept, foreign)) {
      Files.createDirectories(directory);
    }

    answer(0, List.of(), "clean");

    assertThat(List.of(build.getParent(), run.getParent(), kept.getParent()))
        .noneMatch(Files::exists);
    assertThat(foreign).exists();
    assertThat(images()).hasSize(1);
    assertThat(answer(0, List.of(), "clean")).isEqualTo("nothing was left behind\n");
  }

  @Test
  void leftoversThatCannotBeRemovedAreNamedAndBlockNoStart() throws Exception {
    List<Path> held =
        List.of(
            state.kept().resolve("20261122-193012-k3f9.until-1763840000/held"),
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

  private void assertInconclusive(
      String reason, Map<String, String> environment, List<String> wrapper) throws Exception {
    try (Program program =
        Program.start(state.path(), environment, wrapper, "verify", backup.toString(), "--json")) {
      assertThat(program.await()).as(program.err()).isEqualTo(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(List.of(report.get("verdict").asText(), report.get("reason").asText()))
          .as(program.out())
          .containsExactly("inconclusive", reason);
      assertThat(report.get("hint").asText()).isNotBlank();
    }
  }

  private static Path library(String name) throws IOException {
    return Path.of("/usr/lib/x86_64-linux-gnu", name).toRealPath();
  }

  /** Runs the program where a part of the host is hidden from it, and from nobody else. */
  private static List<String> hiding(String mount) {
    return List.of(
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "/bin/sh",
        "-c",
        mount + " && exec \"$@\"",
        "sh");
  }
}
