package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.target.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The Debian package, as {@code mvn -Pdeb} builds it. {@code src/test/deb/install} installs it. */
class PackageTest {
  private static final Path BUILT = Path.of("target");
  private static final String PROGRAM = "usr/share/pgproof/";

  @TempDir static Path root;
  @TempDir Path temp;

  private static Path deb;

  /** The mode, the owner and, of a link, the target, by the path. */
  private static final Map<String, List<String>> ENTRIES = new TreeMap<>();

  private record Ended(int status, String out, String err) {}

  @BeforeAll
  static void aPackageOfThisBuild() throws Exception {
    deb = BUILT.resolve("pgproof_" + version() + "_all.deb");
    assertThat(deb).as("mvn -Pdeb process-test-classes builds it").exists();
    assertThat(run(Map.of(), "dpkg-deb", "--extract", deb.toString(), root.toString()).status())
        .isZero();
    assertThat(root.resolve(PROGRAM + "pgproof.jar"))
        .as("the package is older than the program; mvn -Pdeb process-test-classes builds it again")
        .hasSameBinaryContentAs(BUILT.resolve("pgproof.jar"));
    Pattern line = Pattern.compile("(\\S+) (\\S+) +\\S+ \\S+ \\S+ \\./(.*?)(?: -> (.*))?");
    run(Map.of(), "dpkg-deb", "--contents", deb.toString())
        .out()
        .lines()
        .forEach(
            entry -> {
              Matcher matcher = line.matcher(entry);
              assertThat(matcher.matches()).as(entry).isTrue();
              ENTRIES.put(
                  matcher.group(3),
                  Arrays.asList(matcher.group(1), matcher.group(2), matcher.group(4)));
            });
  }

  private static String version() throws IOException {
    Matcher matcher =
        Pattern.compile("<artifactId>pgproof</artifactId>\\s*<version>([^<]+)</version>")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  @Test
  void everythingBelongsToRootAndOnlyRootWrites() {
    assertThat(ENTRIES).hasSizeGreaterThan(150);
    ENTRIES.forEach(
        (path, entry) -> {
          String expected =
              path.isEmpty() || path.endsWith("/")
                  ? "drwxr-xr-x"
                  : switch (path) {
                    case "usr/bin/pgproof" -> "lrwxrwxrwx";
                    case PROGRAM + "pgproof" -> "-rwxr-xr-x";
                    case "etc/default/pgproof", "etc/pgproof/pgproof.yaml" -> "-rw-r-----";
                    default -> "-rw-r--r--";
                  };
          assertThat(entry.subList(0, 2)).as(path).containsExactly(expected, "root/root");
        });
    assertThat(ENTRIES.get("usr/bin/pgproof")).contains("../share/pgproof/pgproof");
  }

  @Test
  void theProgramIsCompleteAndNothingOfAnEarlierBuildIsInIt() throws Exception {
    List<String> libraries =
        List.of(Files.readString(BUILT.resolve("pgproof.libraries")).split(":"));
    assertThat(ENTRIES.keySet().stream().filter(path -> path.matches(PROGRAM + "lib/.+")))
        .containsExactlyInAnyOrderElementsOf(
            libraries.stream().map(library -> PROGRAM + library).toList());
    assertThat(root.resolve(PROGRAM + "pgproof")).hasSameTextualContentAs(Path.of("pgproof"));
    // An archive of classes fits one build of Java only; the installation makes it.
    assertThat(ENTRIES.keySet()).noneMatch(path -> path.endsWith(".jsa"));
  }

  @Test
  void thePackageDependsOnWhatSetupInstalls() throws Exception {
    Matcher packages =
        Pattern.compile("local packages=\\((.*) \"\\$@\"\\)")
            .matcher(Files.readString(Path.of("pgproof")));
    assertThat(packages.find()).isTrue();
    // The package brings the program, so it needs no compiler.
    List<String> needed =
        Stream.of(packages.group(1).split(" "))
            .filter(name -> !name.equals("maven"))
            .map(name -> name.replace("-jdk-", "-jre-"))
            .toList();
    assertThat(
            Stream.of(field("Depends").split(", "))
                .map(dependency -> dependency.replaceFirst("[ (|].*", "")))
        .containsAll(needed)
        .contains("apparmor")
        .doesNotContain("maven");
  }

  @Test
  void theFilesThatTheDocumentationOffersAreInThePackage() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("docs/monitoring"))) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(root.resolve("usr/share/doc/pgproof").resolve(file))
                      .hasSameTextualContentAs(file));
    }
  }

  @Test
  void versionsAgree() throws Exception {
    assertThat(field("Version")).isEqualTo(version());
    assertThat(Files.readString(Path.of("src/deb/changelog")))
        .startsWith("pgproof (" + version() + ") ");
  }

  @Test
  void theConfigurationIsKeptAcrossUpgrades() throws Exception {
    assertThat(control("conffiles").lines())
        .containsExactlyInAnyOrderElementsOf(
            ENTRIES.keySet().stream()
                .filter(path -> path.matches("etc/.*[^/]"))
                .map(path -> "/" + path)
                .toList());
  }

  @Test
  void theConfigurationNamesNoTargetAndItsExampleIsValid() throws Exception {
    Path file = root.resolve("etc/pgproof/pgproof.yaml");
    assertThat(Configuration.read(file).targets()).isEmpty();

    String example =
        String.join(
            "\n",
            Files.readAllLines(file).stream()
                .filter(line -> line.matches("#( .*:.*|targets:)") && !line.matches("# [A-Z].*"))
                .map(line -> line.substring(1))
                .toList());
    Path given = Files.writeString(temp.resolve("pgproof.yaml"), example);
    assertThat(Configuration.read(given).targets()).hasSize(1);
  }

  @Test
  void theCommandRunsWithItsOwnNameAndWithoutMaven() throws Exception {
    assertThat(pgproof(Map.of(), "--version").out()).isEqualTo("pgproof " + version() + "\n");
    Ended wrong = pgproof(Map.of(), "verify", "--nonsense");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("HINT: see pgproof verify --help");
  }

  @Test
  void theCommandReadsItsSettingsAndEvaluatesNothing() throws Exception {
    Path file = root.resolve("etc/default/pgproof");
    String shipped = Files.readString(file);
    try {
      Files.writeString(
          file,
          """
          # a comment
            PGPROOF_JAVA_OPTIONS="-Dgiven=1 -XshowSettings:properties" \s
          SPRING_DATASOURCE_URL=jdbc:postgresql://host/pgproof?a=b&c=$(touch evaluated)
          PGPROOF_STATE='/srv/its own'
          not a setting""");
      String said = pgproof(Map.of(), "--version").err();
      assertThat(said).contains("given = 1");
      assertThat(pgproof(Map.of("PGPROOF_JAVA_OPTIONS", "-Dgiven=2"), "--version").err())
          .doesNotContain("given = 1");
      // What Java was given, shown by a program in its place.
      Path java = Files.writeString(temp.resolve("java"), "#!/bin/sh\nenv\n");
      assertThat(java.toFile().setExecutable(true)).isTrue();
      assertThat(pgproof(Map.of("PATH", temp + ":" + System.getenv("PATH")), "runs").out().lines())
          .contains(
              "SPRING_DATASOURCE_URL=jdbc:postgresql://host/pgproof?a=b&c=$(touch evaluated)",
              "PGPROOF_STATE=/srv/its own");
      assertThat(
              pgproof(
                      Map.of(
                          "PATH", temp + ":" + System.getenv("PATH"), "PGPROOF_STATE", "/srv/mine"),
                      "runs")
                  .out()
                  .lines())
          .contains("PGPROOF_STATE=/srv/mine");
    } finally {
      Files.writeString(file, shipped);
    }
  }

  @Test
  void eachCommandHasAManualPageAndIsCompleted() throws Exception {
    CommandLine line = new CommandLine(Main.Complete.class);
    TreeSet<String> expected = new TreeSet<>(List.of("usr/share/man/man1/pgproof.1.gz"));
    pages(line, "usr/share/man/man1/pgproof", expected);
    assertThat(ENTRIES.keySet().stream().filter(path -> path.matches("usr/share/man/.*[^/]")))
        .containsExactlyElementsOf(expected);

    Path completion = root.resolve("usr/share/bash-completion/completions/pgproof");
    String script =
        "source \"$1\"; COMP_WORDS=(pgproof ''); COMP_CWORD=1; _complete_pgproof; echo \"${COMPREPLY[@]}\"";
    assertThat(
            run(Map.of(), "bash", "-c", script, "completion", completion.toString())
                .out()
                .split("\\s+"))
        .containsAll(line.getSubcommands().keySet());
  }

  private static void pages(CommandLine line, String prefix, Set<String> to) {
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              to.add(prefix + "-" + name + ".1.gz");
              pages(command, prefix + "-" + name, to);
            });
  }

  @Test
  void theManualSaysWhatThePackageInstalls() throws Exception {
    String manual =
        run(
                Map.of("MANWIDTH", "200", "LC_ALL", "C.UTF-8"),
                "sh",
                "-c",
                "gzip -dc \"$1\"",
                "manual",
                root.resolve("usr/share/man/man1/pgproof.1.gz").toString())
            .out();
    assertThat(manual)
        .contains("pgproof " + version(), "/etc/pgproof/pgproof.yaml", "EXIT STATUS")
        .doesNotContain("./pgproof");
  }

  @Test
  void theServiceLetsItsContainersEndByThemselves() throws Exception {
    assertThat(Files.readAllLines(root.resolve("usr/lib/systemd/system/pgproof.service")))
        .contains(
            "ExecStart=/usr/bin/pgproof serve --config /etc/pgproof/pgproof.yaml",
            "Type=notify",
            "Delegate=yes",
            "KillMode=process",
            "SuccessExitStatus=143",
            "StateDirectoryMode=0700",
            "ProtectSystem=strict");
  }

  @Test
  @Tag("root")
  void lintianFindsNothing() throws Exception {
    Ended lintian =
        run(
            Map.of(),
            "lintian",
            "--allow-root",
            "--display-info",
            "--tag-display-limit=0",
            deb.toString());
    assertThat(lintian.out()).isEmpty();
    assertThat(lintian.status()).as(lintian.err()).isZero();
  }

  private static String field(String name) throws Exception {
    return run(Map.of(), "dpkg-deb", "--field", deb.toString(), name).out().strip();
  }

  private static String control(String file) throws Exception {
    return run(Map.of(), "dpkg-deb", "--info", deb.toString(), file).out();
  }

  private static Ended pgproof(Map<String, String> environment, String... arguments)
      throws Exception {
    return run(
        environment,
        Stream.concat(Stream.of(root.resolve("usr/bin/pgproof").toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static Ended run(Map<String, String> environment, String... line) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().keySet().removeIf(name -> name.startsWith("PGPROOF_"));
    builder.environment().putAll(environment);
    Path err = Files.createTempFile("pgproof-package", ".err");
    try {
      Process process = builder.redirectError(err.toFile()).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }
}
