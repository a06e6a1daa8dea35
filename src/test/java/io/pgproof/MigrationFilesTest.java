package io.pgproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The migrations of the two databases are numbered without a gap and have the same names. */
class MigrationFilesTest {
  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

  @Test
  void numbersAreGivenOnceAndInOrder() throws IOException {
    List<String> files = files("h2");
    assertThat(files.stream().map(MigrationFilesTest::number))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, files.size()).boxed().toList());
  }

  @Test
  void bothDatabasesHaveTheSameMigrations() throws IOException {
    assertThat(files("postgresql")).containsExactlyInAnyOrderElementsOf(files("h2"));
  }

  private static List<String> files(String vendor) throws IOException {
    try (Stream<Path> files = Files.list(MIGRATIONS.resolve(vendor))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static int number(String file) {
    assertThat(file).matches("V[0-9]+__[a-z_]+\\.sql");
    return Integer.parseInt(file.substring(1, file.indexOf("__")));
  }
}
