package io.pgproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Fault;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about faults agrees with the reasons, and names tests and scripts that exist. */
class FaultsPageTest {
  private static final Path PAGE = Path.of("docs/faults.md");
  private static final Path TESTS = Path.of("src/test/java");
  private static final Path SCRIPTS = Path.of("src/test/bench");
  private static final Pattern RESULT =
      Pattern.compile("(proven|stale|inconclusive|refuted) \\(`([a-z-]+)`\\)");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
  private static final Pattern SCRIPT = Pattern.compile("`([a-z-]+)`");
  private static final String SHOWN_BY = "| shown by |";

  @Test
  void eachReasonBelongsToItsVerdict() throws IOException {
    assertThat(matches(RESULT).toList())
        .isNotEmpty()
        .allSatisfy(
            result ->
                assertThat(result.group(1))
                    .as(result.group(2))
                    .isEqualTo(verdict(Reason.of(result.group(2))).word()));
  }

  @Test
  void thePageHasEveryReasonOfAnUnprovenVerdict() throws IOException {
    Set<Reason> named =
        matches(RESULT).map(result -> Reason.of(result.group(2))).collect(Collectors.toSet());

    assertThat(named)
        .containsAll(
            Arrays.stream(Reason.values())
                .filter(reason -> reason.fault() != Fault.NONE && reason.fault() != Fault.USAGE)
                .toList());
  }

  @Test
  void eachNamedTestExists() throws IOException {
    List<Path> sources;
    try (Stream<Path> all = Files.walk(TESTS)) {
      sources = all.filter(Files::isRegularFile).toList();
    }
    for (MatchResult named : matches(TEST).toList()) {
      List<Path> found =
          sources.stream().filter(source -> source.endsWith(named.group(1) + ".java")).toList();
      assertThat(found).as(named.group()).hasSize(1);
      if (named.group(2) != null) {
        assertThat(Files.readString(found.get(0)))
            .as(named.group())
            .containsPattern("void " + named.group(2) + "\\(");
      }
    }
  }

  @Test
  void eachRowNamesATestOrAScript() throws IOException {
    boolean shown = false;
    int rows = 0;
    for (String line : Files.readAllLines(PAGE)) {
      shown = line.endsWith(SHOWN_BY) || (shown && line.startsWith("|"));
      if (shown && !line.endsWith(SHOWN_BY) && !line.startsWith("|---")) {
        String cell = line.substring(line.lastIndexOf('|', line.length() - 2));
        assertThat(cell).as(line).containsPattern(TEST);
        assertThat(SCRIPT.matcher(cell).results().map(script -> SCRIPTS.resolve(script.group(1))))
            .as(line)
            .allMatch(Files::isExecutable);
        rows++;
      }
    }
    assertThat(rows).isGreaterThan(60);
  }

  private static Verdict verdict(Reason reason) {
    return reason == Reason.FRESH ? Verdict.PROVEN : Finding.of(reason, "it is so").verdict();
  }

  private static Stream<MatchResult> matches(Pattern pattern) throws IOException {
    return pattern.matcher(Files.readString(PAGE)).results();
  }
}
