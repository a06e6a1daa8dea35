package io.pgproof.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalSegmentTest {
  @ParameterizedTest
  @CsvSource({
    "1, 0/1000028, 16777216, 000000010000000000000001",
    "1, 0/FF000000, 16777216, 0000000100000000000000FF",
    "1, 1/0, 16777216, 000000010000000100000000",
    "10, A2/45000028, 16777216, 0000000A000000A200000045",
    "1, 0/FFFFFFFF, 1048576, 000000010000000000000FFF",
    "1, 1/0, 1073741824, 000000010000000100000000",
    "1, FFFFFFFF/FFFFFFFF, 16777216, 00000001FFFFFFFF000000FF",
  })
  void aPositionIsInTheSegmentThatPostgresqlNames(int timeline, String lsn, int size, String name) {
    WalSegment segment = WalSegment.holding(timeline, Lsn.parse(lsn), size);

    assertThat(segment.name(size)).isEqualTo(name);
    assertThat(WalSegment.parse(name, size)).isEqualTo(segment);
    assertThat(segment.start(size)).isLessThanOrEqualTo(Lsn.parse(lsn));
  }
}
