package io.pgproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about benchmarks has a row for each script. */
class BenchmarksTableTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` .*`src/test/bench/\\1 ", Pattern.MULTILINE);

  @Test
  void thePageHasARowForEachScript() throws IOException {
    List<String> scripts;
    try (Stream<Path> files = Files.list(Path.of("src/test/bench"))) {
      scripts =
          files.filter(Files::isExecutable).map(file -> file.getFileName().toString()).toList();
    }
    List<String> rows =
        ROW.matcher(Files.readString(Path.of("docs/benchmarks.md")))
            .results()
            .map(row -> row.group(1))
            .toList();

    assertThat(rows).containsExactlyInAnyOrderElementsOf(scripts);
  }
}
