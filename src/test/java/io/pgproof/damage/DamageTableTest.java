package io.pgproof.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of damage for people is the catalogue that is tried. */
class DamageTableTest {
  private static final Path PAGE = Path.of("docs/faults.md");

  @Test
  void thePageHasTheTableOfTheCatalogue() throws IOException {
    List<String> table = Damage.table(Catalogue.all());
    List<String> lines = Files.readAllLines(PAGE);
    int begin = lines.indexOf(table.get(0));
    assertThat(begin).as("the table's head in %s", PAGE).isNotNegative();
    List<String> told =
        lines.subList(begin, lines.size()).stream()
            .takeWhile(line -> line.startsWith("|"))
            .toList();

    assertThat(told)
        .as("the table in %s must be\n%s", PAGE, String.join("\n", table))
        .isEqualTo(table);
  }

  @Test
  void everyKindOfDamageIsListedOnce() {
    assertThat(Catalogue.all())
        .extracting(Damage::toString)
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(45);
  }
}
