package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What {@code ./pgproof} says itself, before the program and instead of it. */
class LauncherTest {
  @TempDir Path temp;

  private Path launcher;

  @BeforeEach
  void aLauncherWithoutAProgram() throws Exception {
    launcher =
        Files.createDirectory(temp.resolve("it's a \"bare\\ clone\" & more")).resolve("pgproof");
    Files.copy(Path.of("pgproof"), launcher);
  }

  @Test
  void verifyPrintsTheJsonObjectOfTheContractBeforeJavaRuns() throws Exception {
    JsonNode answer = new ObjectMapper().readTree(answer("verify", "--json", "/backups/monday"));
    List<String> members = new ArrayList<>();
    answer.fieldNames().forEachRemaining(members::add);
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
    assertThat(answer.get("verdict").isNull()).isTrue();
    assertThat(answer.get("message").asText())
        .contains(launcher.getParent() + "/target/pgproof.jar");
    assertThat(answer.get("hint").asText()).contains("./pgproof setup");
  }

  @Test
  void otherCommandsPrintNoJsonBeforeJavaRuns() throws Exception {
    assertThat(answer("verify", "/backups/monday")).isEmpty();
    assertThat(answer("runs", "--json")).isEmpty();
  }

  @Test
  @Tag("root")
  void anUnusableClassArchiveIsIgnoredSilently() throws Exception {
    Path noArchive = Files.writeString(temp.resolve("none.jsa"), "no archive");
    Path others = temp.resolve("others.jsa");
    Path library =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    new ProcessBuilder(
            "java",
            "-XX:ArchiveClassesAtExit=" + others,
            "-cp",
            library.toString(),
            "picocli.AutoComplete",
            "--version")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    assertThat(others).exists();
    for (Path archive : List.of(noArchive, others)) {
      ProcessBuilder builder =
          new ProcessBuilder(
              "./pgproof", "runs", "--json", "--state", temp.resolve("state").toString());
      builder.environment().put("PGPROOF_JAVA_OPTIONS", "-XX:SharedArchiveFile=" + archive);
      Process process = builder.start();
      assertThat(read(process.getInputStream())).isEqualTo("[]\n");
      assertThat(read(process.getErrorStream())).isEmpty();
      assertThat(process.waitFor()).isZero();
    }
  }

  @Test
  void theProgramStartsFromAnyDirectoryWithItsClassArchive() throws Exception {
    Path target = Files.createDirectory(launcher.resolveSibling("target"));
    List<String> built = List.of("pgproof.jar", "pgproof.libraries", "lib");
    for (String each : built) {
      Files.createSymbolicLink(target.resolve(each), Path.of("target", each).toAbsolutePath());
    }
    for (String option :
        List.of(
            "-XX:ArchiveClassesAtExit=target/pgproof.jsa", "-Xlog:class+load:file=target/loaded")) {
      ProcessBuilder builder =
          new ProcessBuilder("./pgproof", "--version").directory(launcher.getParent().toFile());
      builder.environment().put("PGPROOF_JAVA_OPTIONS", option);
      Process process = builder.start();
      assertThat(read(process.getInputStream())).startsWith("pgproof ");
      assertThat(process.waitFor()).isZero();
    }
    for (String each : built) {
      Files.delete(target.resolve(each));
    }
    assertThat(target.resolve("loaded"))
        .content()
        .contains("io.pgproof.cli.Main source: shared objects file (top)");
  }

  @Test
  void stateMayPrecedeTheCommand() throws Exception {
    for (List<String> state :
        List.of(List.<String>of(), List.of("--state", "d"), List.of("--state=d"))) {
      assertThat(started(state, "serve")).contains("-Xmn16m");
      assertThat(started(state, "verify", "serve")).doesNotContain("-Xmn16m");
    }
    assertThat(answer("--state", "d", "setup")).isEmpty();
  }

  @Test
  void demoAndBenchSetTheMachineUpBehindStateToo() throws Exception {
    program("id", "echo 1000");
    for (String command : List.of("demo", "bench")) {
      for (List<String> line : List.of(List.of(command), List.of("--state", "d", command))) {
        Process process = start(line);
        assertThat(read(process.getErrorStream())).contains("setup changes this machine");
        assertThat(process.waitFor()).isEqualTo(2);
      }
    }
  }

  @Test
  void comparingBenchmarksNeedsNoSetup() throws Exception {
    assertThat(started(List.of(), "bench", "compare", "old", "new"))
        .endsWith("io.pgproof.cli.Main", "bench", "compare", "old", "new");
  }

  /** Returns the arguments that Java gets. */
  private List<String> started(List<String> state, String... command) throws Exception {
    Path target = Files.createDirectories(launcher.resolveSibling("target"));
    Files.writeString(target.resolve("pgproof.jar"), "");
    Files.writeString(target.resolve("pgproof.libraries"), "");
    program("java", "printf '%s\\n' \"$@\"");
    List<String> line = new ArrayList<>(state);
    line.addAll(List.of(command));
    Process process = start(line);
    List<String> arguments = read(process.getInputStream()).lines().toList();
    assertThat(read(process.getErrorStream())).isEmpty();
    assertThat(process.waitFor()).isZero();
    return arguments;
  }

  /** Makes a program that the launcher finds before the machine's. */
  private void program(String name, String script) throws IOException {
    Path program = Files.createDirectories(temp.resolve("bin")).resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private Process start(List<String> arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("bash", launcher.toString()));
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().merge("PATH", temp.resolve("bin") + ":", (path, bin) -> bin + path);
    return builder.start();
  }

  @Test
  void messagesNameTheCommandThatTheLauncherNames() throws Exception {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      List<String> fixed = new ArrayList<>();
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        Files.readAllLines(source).stream()
            .filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/*"))
            .filter(line -> line.contains("./pgproof") && !line.contains("pgproof.command"))
            .forEach(line -> fixed.add(source + ": " + line.strip()));
      }
      assertThat(fixed)
          .as("a package installs the command as pgproof: use proof.Launcher.COMMAND")
          .isEmpty();
    }
  }

  @Test
  void dockerStartsTheCommandOfThePackage() throws Exception {
    JsonNode service =
        new ObjectMapper()
            .valueToTree(new Yaml().<Object>load(Files.readString(Path.of("docker-compose.yml"))))
            .at("/services/pgproof");
    List<String> command = new ArrayList<>();
    service.get("command").forEach(word -> command.add(word.asText()));
    assertThat(command.remove(0)).isEqualTo("pgproof");
    ParseResult parsed =
        new CommandLine(Main.Complete.class).parseArgs(command.toArray(String[]::new));
    Path config = parsed.subcommand().matchedOptionValue("--config", Path.of("none"));

    // The image has the package that Maven builds, and what the service uses is mounted.
    assertThat(service.at("/build/context").asText()).isEqualTo("target");
    assertThat(service.at("/build/dockerfile_inline").asText())
        .contains("COPY pgproof_*_all.deb /tmp/", "apt-get install", "/tmp/pgproof_*_all.deb");
    assertThat(service.get("volumes"))
        .extracting(volume -> volume.asText().replaceFirst("^\\$\\{.*?:-(.*?)\\}", "$1"))
        .contains(
            "./src/deb/root" + config.getParent() + ":" + config.getParent() + ":ro",
            "/var/lib/pgproof:/var/lib/pgproof");
    assertThat(Path.of("src/deb/root" + config)).exists();
  }

  private static String read(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
  }

  private String answer(String... arguments) throws Exception {
    Process process = start(List.of(arguments));
    String out = read(process.getInputStream());
    assertThat(read(process.getErrorStream())).startsWith("pgproof: ").contains("HINT: ");
    assertThat(process.waitFor()).isEqualTo(2);
    return out;
  }
}
