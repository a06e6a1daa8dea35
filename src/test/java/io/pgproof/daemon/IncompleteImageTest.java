package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.TestEnvironment;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An image without the programs and the library of the checks: what cannot be checked is never
 * proven.
 */
@Tag("container")
class IncompleteImageTest extends DaemonFixture {
  private static final Set<String> LACKING = Set.of("amcheck.so", "pg_dump", "pg_checksums");

  @BeforeAll
  static void theImageLosesThem() throws IOException {
    try (Stream<Path> files = Files.walk(state.images())) {
      List<Path> lacking =
          files
              .filter(file -> LACKING.contains(file.getFileName().toString()))
              .filter(file -> file.toString().contains("/lib/postgresql/15/"))
              .toList();
      assertThat(lacking).hasSameSizeAs(LACKING);
      for (Path file : lacking) {
        Files.delete(file);
      }
    }
  }

  @Test
  void eachUnavailableCheckIsNamedWithItsPackage() throws Exception {
    Report deep =
        verify(TestEnvironment.at(Depth.DEEP, TestEnvironment.request(TestEnvironment.backup(15))));

    assertInconclusive(deep, "check-unavailable");
    assertThat(deep.conclusion().message()).isEqualTo("the image has no amcheck");
    assertThat(deep.conclusion().hint()).contains("postgresql-15", "images.yaml", "--depth");
    assertThat(deep.coverage().checks())
        .filteredOn(check -> check.outcome().word().equals("skipped"))
        .extracting(Check::name)
        .containsExactly("indexes", "rows", "checksums");
    assertThat(said(deep.run()))
        .contains(
            "found check-unavailable: the image has no amcheck",
            "found check-unavailable: the image has no pg_dump",
            "found check-unavailable: the image has no pg_checksums");
    assertThat(deep.coverage().notChecked())
        .contains(
            "rows: whether the catalogs can be dumped, because the image has no pg_dump",
            "checksums: pages as recovery left them, because the image has no pg_checksums");
  }

  @Test
  void aDepthThatDoesNotNeedThemProves() throws Exception {
    Report quick =
        verify(
            TestEnvironment.at(Depth.QUICK, TestEnvironment.request(TestEnvironment.backup(15))));

    assertThat(List.of(quick.verdict().word(), quick.reason().code()))
        .as(quick.toString())
        .containsExactly("proven", "fresh");
  }
}
