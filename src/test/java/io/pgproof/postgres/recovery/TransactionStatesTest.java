package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionStatesTest {
  @ParameterizedTest(name = "{0}, the oldest row of {1}, {2} transactions ago: {3}")
  @CsvSource({
    "pg_xact/0000, 722, 40, true",
    "pg_xact/0001, 722, 40, false",
    "pg_xact/0002, 3145728, 1000000, false",
    "pg_xact/0003, 3145728, 1000000, true",
    "pg_xact/0004, 3145728, 2000000, true",
    "pg_xact/0FFF, 4294000000, 2000000, true",
    "pg_xact/0000, 4294000000, 2000000, true",
    "pg_xact/0002, 4294000000, 2000000, false",
    "pg_subtrans/0000, 722, 40, false",
    "pg_xact/nothing, 722, 40, false"
  })
  void theFileWithTheStateOfARowsTransactionIsNeeded(
      String file, long oldest, long age, boolean needed) {
    assertThat(TransactionStates.needed(List.of(file), 8192, oldest, age))
        .isEqualTo(needed ? Optional.of(file) : Optional.empty());
  }

  @ParameterizedTest(name = "pages of {0} bytes: {1}")
  @CsvSource({"8192, false", "1024, true"})
  void smallerPagesHoldFewerStates(int blockSize, boolean needed) {
    assertThat(
            TransactionStates.needed(List.of("pg_xact/0008"), blockSize, 1_048_000, 1000)
                .isPresent())
        .isEqualTo(needed);
  }
}
