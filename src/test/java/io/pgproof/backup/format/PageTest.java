package io.pgproof.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTest {
  /**
   * What pg_checksum_page of PostgreSQL 15 says, compiled for each size, of the page below as block
   * 7 and 4294967280.
   */
  @ParameterizedTest
  @CsvSource({
    "1024, 29489, 36056", "2048, 17707, 47838", "4096, 5685, 59844",
    "8192, 45136, 20393", "16384, 50064, 15481", "32768, 53317, 12228"
  })
  void pagesOfEverySizeHaveTheChecksumThatPostgresqlComputes(
      int size, int seventh, int lastButFifteen) {
    byte[] bytes = new byte[size];
    int next = 1;
    for (int i = 0; i < size; i++) {
      next = next * 1664525 + 1013904223;
      bytes[i] = (byte) (next >>> 24);
    }
    Page page = page(bytes);

    assertThat(page.checksum(7)).isEqualTo(seventh);
    assertThat(page.checksum(0xFFFFFFF0)).isEqualTo(lastButFifteen);
  }

  @Test
  void aPageIsSoundOnlyInItsOwnPlace() {
    Page page = page(CraftedPages.page(PageLayout.USUAL, 3, CraftedPages.YOUNG));

    assertThat(page.isSound(3)).isTrue();
    assertThat(page.isSound(4)).isFalse();
    assertThat(page.lsn()).isEqualTo(CraftedPages.YOUNG);
  }

  @Test
  void anUnusedPageIsSoundInAnyPlace() {
    assertThat(page(new byte[8192]).isSound(3)).isTrue();
  }

  @Test
  void aNewPageWithContentIsNotSound() {
    byte[] bytes = new byte[8192];
    bytes[8191] = 1;

    assertThat(page(bytes).isNew()).isTrue();
    assertThat(page(bytes).isSound(0)).isFalse();
  }

  @Test
  void anyChangedByteIsFound() {
    byte[] bytes = CraftedPages.page(PageLayout.USUAL, 0, CraftedPages.OLD);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= 0x10;
      assertThat(page(bytes).isSound(0)).as("byte %d", i).isFalse();
      bytes[i] ^= 0x10;
    }
  }

  private static Page page(byte[] bytes) {
    Page page = new Page(bytes.length);
    page.load(ByteBuffer.wrap(bytes));
    return page;
  }
}
