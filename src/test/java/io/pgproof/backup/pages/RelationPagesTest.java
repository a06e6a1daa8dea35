package io.pgproof.backup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.CraftedPages;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelationPagesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 512, 3000, 8192, 9216, 20_000, 40_960})
  void theSizeOfReadsMakesNoDifference(int piece) {
    byte[] file = CraftedPages.of(5);
    file[8192 + 100] ^= 1;
    file[5 * 8192 - 1] ^= 1;
    RelationPages pages = read("base/5/16384", PageLayout.USUAL, file, piece);

    assertThat(pages.pages()).isEqualTo(5);
    assertThat(pages.suspects()).isEqualTo(blocks(1, 4));
    assertThat(pages.olderSuspects()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 2048, 4096, 8192, 16384, 32768})
  void pagesOfEverySizeAreJudged(int size) {
    PageLayout layout = new PageLayout(size, 131_072);
    byte[] file = CraftedPages.of(layout, 0, 3);
    assertThat(read("base/5/16384", layout, file, 5000).suspects()).isEqualTo(blocks());

    file[2 * size + size / 2] ^= 1;
    assertThat(read("base/5/16384", layout, file, 5000).suspects()).isEqualTo(blocks(2));
  }

  @Test
  void laterFilesOfARelationContinueTheBlockNumbers() {
    byte[] second = CraftedPages.of(PageLayout.USUAL, 131_072, 2);

    assertThat(read("base/5/16384.1", PageLayout.USUAL, second, 8192).suspects())
        .isEqualTo(blocks());
    assertThat(read("base/5/16384", PageLayout.USUAL, second, 8192).suspects())
        .isEqualTo(blocks(0, 1));
    assertThat(read("base/5/16384_fsm.2", new PageLayout(8192, 65_536), second, 8192).suspects())
        .isEqualTo(blocks());
  }

  @Test
  void aTornPageIsSuspectWhateverItsLsnSays() {
    byte[] old = CraftedPages.page(PageLayout.USUAL, 0, CraftedPages.OLD);
    byte[] young = CraftedPages.page(PageLayout.USUAL, 0, CraftedPages.YOUNG);
    byte[] youngOverOld = young.clone();
    System.arraycopy(old, 4096, youngOverOld, 4096, 4096);
    byte[] oldOverYoung = old.clone();
    System.arraycopy(young, 4096, oldOverYoung, 4096, 4096);

    RelationPages one = read("base/5/16384", PageLayout.USUAL, youngOverOld, 8192);
    assertThat(one.suspects()).isEqualTo(blocks(0));
    assertThat(one.olderSuspects()).isZero();
    RelationPages other = read("base/5/16384", PageLayout.USUAL, oldOverYoung, 8192);
    assertThat(other.suspects()).isEqualTo(blocks(0));
    assertThat(other.olderSuspects()).isEqualTo(1);
  }

  @Test
  void aPageWithOnlyItsEndWrittenIsSuspect() {
    byte[] page = CraftedPages.page(PageLayout.USUAL, 0, CraftedPages.YOUNG);
    Arrays.fill(page, 0, 4096, (byte) 0);

    assertThat(read("base/5/16384", PageLayout.USUAL, page, 8192).suspects()).isEqualTo(blocks(0));
  }

  @Test
  void aCutPageOfZerosIsIgnored() {
    byte[] file = Arrays.copyOf(CraftedPages.of(2), 2 * 8192 + 4096);
    RelationPages pages = read("base/5/16384", PageLayout.USUAL, file, 8192);

    assertThat(pages.pages()).isEqualTo(2);
    assertThat(pages.suspects()).isEqualTo(blocks());
  }

  @Test
  void aCutPageWithContentIsSuspect() {
    byte[] file = Arrays.copyOf(CraftedPages.of(3), 2 * 8192 + 4096);

    assertThat(read("base/5/16384", PageLayout.USUAL, file, 8192).suspects()).isEqualTo(blocks(2));
  }

  private static RelationPages read(String name, PageLayout layout, byte[] file, int piece) {
    RelationPages pages =
        new RelationPages(RelationFile.of(name).orElseThrow(), layout, Lsn.parse("0/1000028"));
    for (int from = 0; from < file.length; from += piece) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(file.length + 512).position(512);
      pages.update(
          bytes
              .put(file, from, Math.min(piece, file.length - from))
              .limit(bytes.position())
              .position(512));
    }
    pages.end();
    return pages;
  }

  private static BitSet blocks(int... numbers) {
    BitSet blocks = new BitSet();
    Arrays.stream(numbers).forEach(blocks::set);
    return blocks;
  }
}
