package io.pgproof.image;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramMissingException;
import io.pgproof.command.ProgramResult;
import io.pgproof.image.ImageSource.Packages;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Unpacks a Debian root file system with mmdebstrap(1) and tolerates the failure of optional
 * sources.
 */
final class Mmdebstrap {
  static final String PROGRAM = "mmdebstrap";
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final String NOTE = "I: ";
  private static final String HOOK = NOTE + "running --";
  static final int LAST_LINES = 20;
  static final String FREE_SPACE =
      "free space on the file system of the state directory, or move it with --state";
  private static final List<String> PROXY_VARIABLES =
      List.of("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY");

  private final HostPrograms programs;
  private final Duration limit;

  Mmdebstrap(HostPrograms programs) {
    this(programs, LIMIT);
  }

  /**
   * @param limit time limit of one build, including all retries
   */
  Mmdebstrap(HostPrograms programs, Duration limit) {
    this.programs = programs;
    this.limit = limit;
  }

  /**
   * Creates {@code rootfs} and replaces what is there.
   *
   * @return what was missing, one sentence each
   * @throws FindingException {@code no-image} with the output of the program that failed
   */
  List<String> unpack(Packages source, Path rootfs, Consumer<String> said) throws IOException {
    long until = System.nanoTime() + limit.toNanos();
    List<String> warnings = new ArrayList<>();
    List<String> sources = source.sources();
    boolean datesChecked = true;
    while (true) {
      ProgramResult programResult =
          run(
              source,
              rootfs,
              sources,
              datesChecked,
              Duration.ofNanos(until - System.nanoTime()),
              said);
      if (programResult.succeeded()) {
        return warnings;
      }
      List<String> used = sourcesOf(rootfs);
      AptFailure aptFailure =
          programResult.timedOut()
              ? new AptFailure.Final()
              : AptFailure.read(programResult.err(), source.suite(), used);
      String warning;
      if (aptFailure instanceof AptFailure.Expired expired && datesChecked) {
        datesChecked = false;
        warning =
            "the list of packages at "
                + expired.url()
                + " is out of date; built without a check of its date";
      } else if (aptFailure instanceof AptFailure.Silent silent && used.size() > 1) {
        sources = used.stream().filter(line -> !line.equals(silent.source())).toList();
        warning = "the source \"" + silent.source() + "\" did not respond; built without it";
      } else {
        throw failed(source, programResult, warnings);
      }
      warnings.add(warning);
      said.accept("warning: " + warning);
      RootfsCleanup.remove(rootfs);
    }
  }

  private ProgramResult run(
      Packages source,
      Path rootfs,
      List<String> sources,
      boolean datesChecked,
      Duration left,
      Consumer<String> said) {
    List<String> line =
        new ArrayList<>(
            List.of(
                // Use its own mount and PID namespace: whatever kills it, nothing stays mounted and
                // nothing keeps running.
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                PROGRAM,
                "--mode=root",
                "--format=directory",
                "--variant=minbase",
                "--include=" + String.join(",", source.packages())));
    source.aptOptions().forEach(option -> line.add("--aptopt=" + option));
    if (!datesChecked) {
      line.add("--aptopt=Acquire::Check-Valid-Until \"false\"");
    }
    source.dpkgOptions().forEach(option -> line.add("--dpkgopt=" + option));
    source.setupHooks().forEach(hook -> line.add("--setup-hook=" + hook));
    source.essentialHooks().forEach(hook -> line.add("--essential-hook=" + hook));
    source.keyring().ifPresent(keyring -> line.add("--keyring=" + keyring));
    line.add(source.suite());
    line.add(rootfs.toString());
    line.addAll(sources);
    if (!programs.has(PROGRAM)) {
      throw missing(source, PROGRAM);
    }
    try {
      return programs.run(
          new HostCommand(
              line, left.compareTo(SHORTEST) > 0 ? left : SHORTEST, environment(rootfs)),
          word -> pass(word, said));
    } catch (ProgramMissingException e) {
      throw missing(source, "unshare");
    }
  }

  private static void pass(String word, Consumer<String> said) {
    if (word.startsWith(HOOK)) {
      return;
    }
    said.accept(word.startsWith(NOTE) ? word.substring(NOTE.length()) : word);
  }

  /**
   * Returns the environment of the build. It contains this process's proxy settings, because the
   * packages may be reachable only through a proxy. It places temporary files in the build
   * directory, so that the files of a killed build are removed with that directory.
   */
  private static Map<String, String> environment(Path rootfs) {
    Map<String, String> known = new TreeMap<>();
    known.put("TMPDIR", rootfs.resolveSibling("").toString());
    for (String variable : PROXY_VARIABLES) {
      String value = System.getenv(variable);
      if (value != null) {
        known.put(variable, value);
      }
    }
    return known;
  }

  /** Returns the source entries of the failed build from the file where mmdebstrap wrote them. */
  private static List<String> sourcesOf(Path rootfs) throws IOException {
    Path list = rootfs.resolve("etc/apt/sources.list");
    if (!Files.isRegularFile(list)) {
      return List.of();
    }
    try (var lines = Files.lines(list)) {
      return lines
          .map(String::strip)
          .filter(line -> line.startsWith("deb ") || line.startsWith("deb\t"))
          .toList();
    }
  }

  private FindingException failed(
      Packages source, ProgramResult programResult, List<String> warnings) {
    List<String> lines =
        programResult
            .err()
            .lines()
            .filter(line -> !line.startsWith(NOTE) && !line.isBlank())
            .toList();
    String words =
        String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    if (programResult.timedOut()) {
      return source.notBuilt(
          PROGRAM + " did not end within " + limit.toSeconds() + " s",
          "check the speed of the network to the package sources, then build again",
          words);
    }
    if (MachineError.isDiskFull(words)) {
      return source.notBuilt("the disk is full", FREE_SPACE, words);
    }
    if (words.contains("E: Failed to fetch") || words.contains("Temporary failure resolving")) {
      return source.notBuilt(
          "a package source did not respond",
          "check the network and the proxy variables http_proxy and https_proxy, then build again",
          words);
    }
    // The first error is the cause. Later errors only say that programs gave up because of it.
    String first =
        lines.stream()
            .filter(line -> line.startsWith("E: "))
            .findFirst()
            .map(line -> line.substring(3))
            .orElse(PROGRAM + " ended with status " + programResult.status());
    // A package that is not found can belong to a source that was left out.
    String before = warnings.isEmpty() ? "" : "; before that, " + String.join("; ", warnings);
    return source.notBuilt(first + before, Reason.NO_IMAGE.hint(), words.isEmpty() ? null : words);
  }

  private static FindingException missing(Packages source, String program) {
    return source.notBuilt(
        program + " is not installed",
        "install it with: apt-get install " + (program.equals(PROGRAM) ? PROGRAM : "util-linux"),
        null);
  }
}
