package io.pgproof.sandbox.lxc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads LXC's log of a container and keeps only what a person needs. */
final class ContainerLog {
  private static final Pattern LINE =
      Pattern.compile("\\S+ \\S+ \\S+ (ERROR|WARN|NOTICE|INFO) +\\S+ - \\S+ - (.*)");
  private static final int LINES = 12;

  /** Messages that LXC writes for every failure, so that they do not help with any. */
  private static final Pattern EMPTY_WORDS =
      Pattern.compile(
          "The container failed to start|To get more details.*|Additional information can be obtained.*"
              + "|An error occurred in another process.*");

  private ContainerLog() {}

  /** Returns the errors in order, without place and time; empty if there are none. */
  static List<String> errors(Path log) {
    return lines(log).stream()
        .map(LINE::matcher)
        .filter(line -> line.matches() && line.group(1).equals("ERROR"))
        .map(line -> line.group(2).strip())
        .filter(words -> !EMPTY_WORDS.matcher(words).matches())
        .distinct()
        .limit(LINES)
        .toList();
  }

  /** Returns the last messages of any severity. */
  static List<String> last(Path log) {
    List<String> words =
        lines(log).stream()
            .map(LINE::matcher)
            .filter(Matcher::matches)
            .map(line -> line.group(2).strip())
            .toList();
    return words.subList(Math.max(0, words.size() - 3), words.size());
  }

  private static List<String> lines(Path log) {
    try {
      return Files.exists(log)
          ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList()
          : List.of();
    } catch (IOException e) {
      return List.of("- - - ERROR log - log - " + log + " cannot be read: " + e.getMessage());
    }
  }
}
