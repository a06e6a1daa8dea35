package io.pgproof.backup.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.CraftedPages;
import io.pgproof.backup.format.PageLayout;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablePagesTest {
  private static final String TABLE = "base/5/100";
  private static final String INDEX = "base/5/200";
  private static final PageLayout SMALL = new PageLayout(8192, 4);

  @TempDir Path data;

  @BeforeEach
  void tableOfThreePages() throws Exception {
    Files.createDirectories(data.resolve("base/5"));
    table(CraftedPages.of(3));
  }

  @Test
  void entriesForExistingPagesReportNoLostPage() throws Exception {
    index(leaf(1).entry(0).entry(2).list(1, 2), leaf(0).entry(1));

    assertThat(lost(PageLayout.USUAL)).isEmpty();
  }

  @Test
  void anEntryBeyondTheTablesEndReportsALostPage() throws Exception {
    index(leaf(0).entry(0).entry(3));

    assertThat(lost(PageLayout.USUAL)).contains("block 3 of its table, which ends before it");
  }

  @Test
  void aPostingListReportsEachLostPage() throws Exception {
    index(leaf(0).entry(0).list(1, 5, 70_000));

    assertThat(lost(PageLayout.USUAL))
        .contains("block 5 of its table, which ends before it, the first of 2 such blocks");
  }

  @Test
  void anEntryForAZeroPageReportsALostPage() throws Exception {
    byte[] pages = CraftedPages.of(3);
    Arrays.fill(pages, 8192, 2 * 8192, (byte) 0);
    table(pages);
    index(leaf(0).entry(0).entry(1));

    assertThat(lost(PageLayout.USUAL)).contains("block 1 of its table, which is empty");
  }

  @Test
  void theHighKeyOfAPageIsNotAnEntry() throws Exception {
    index(leaf(2).bound(9).entry(0), leaf(0).entry(1));

    assertThat(lost(PageLayout.USUAL)).isEmpty();
  }

  @Test
  void onlyLeafPagesAreRead() throws Exception {
    index(
        new Leaf(0, 8).entry(9),
        new Leaf(0, 0).entry(9),
        new Leaf(0, 1 | 4).entry(9),
        new Leaf(0, 1 | 16).entry(9));

    assertThat(lost(PageLayout.USUAL)).isEmpty();
  }

  @Test
  void anUnreadableIndexReportsNoLostPage() throws Exception {
    byte[] nonsense = new byte[3 * 8192 + 100];
    Arrays.fill(nonsense, (byte) 0xFF);
    Files.write(data.resolve(INDEX), nonsense);

    assertThat(lost(PageLayout.USUAL)).isEmpty();
  }

  @Test
  void aTableContinuesInTheNextFileOnlyIfOneIsFull() throws Exception {
    table(CraftedPages.of(4));
    Files.write(data.resolve(TABLE + ".1"), CraftedPages.of(1));
    index(leaf(0).entry(3).entry(4));
    assertThat(lost(SMALL)).isEmpty();

    table(CraftedPages.of(3));
    assertThat(lost(SMALL))
        .contains("block 3 of its table, which ends before it, the first of 2 such blocks");
  }

  @Test
  void aMissingTableHasLostAllPages() throws Exception {
    Files.delete(data.resolve(TABLE));
    index(leaf(0).entry(0));

    assertThat(lost(PageLayout.USUAL)).contains("block 0 of its table, which ends before it");
  }

  private Optional<String> lost(PageLayout layout) throws Exception {
    ControlFile control = ControlFile.parse(CraftedPages.control(layout, true));
    return TablePages.of(new RestoredFiles(data, Map.of()), control, TABLE).lost(INDEX);
  }

  private void table(byte[] pages) throws Exception {
    Files.write(data.resolve(TABLE), pages);
  }

  private void index(Leaf... leaves) throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (Leaf leaf : leaves) {
      file.writeBytes(leaf.page());
    }
    Files.write(data.resolve(INDEX), file.toByteArray());
  }

  private static Leaf leaf(int next) {
    return new Leaf(next, 1);
  }

  /** A page of a B-tree. */
  private static final class Leaf {
    private final List<byte[]> items = new ArrayList<>();
    private final int next;
    private final int flags;

    Leaf(int next, int flags) {
      this.next = next;
      this.flags = flags;
    }

    Leaf entry(int block) {
      byte[] item = new byte[16];
      item(item)
          .putShort(0, (short) (block >> 16))
          .putShort(2, (short) block)
          .putShort(4, (short) 1);
      items.add(item);
      return this;
    }

    /** What bounds the page: its place in a table is none. */
    Leaf bound(int block) {
      return entry(block);
    }

    Leaf list(int... blocks) {
      int from = 16;
      byte[] item = new byte[from + 6 * blocks.length];
      ByteBuffer list =
          item(item).putShort(2, (short) from).putShort(4, (short) (0x2000 | blocks.length));
      list.putShort(6, (short) (list.getShort(6) | 0x2000));
      for (int i = 0; i < blocks.length; i++) {
        list.putShort(from + 6 * i, (short) (blocks[i] >> 16))
            .putShort(from + 6 * i + 2, (short) blocks[i]);
      }
      items.add(item);
      return this;
    }

    private static ByteBuffer item(byte[] item) {
      return ByteBuffer.wrap(item).order(ByteOrder.LITTLE_ENDIAN).putShort(6, (short) item.length);
    }

    byte[] page() {
      ByteBuffer page = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
      int upper = 8192 - 16;
      page.putInt(upper + 4, next).putShort(upper + 12, (short) flags).putShort(16, (short) upper);
      for (int i = 0; i < items.size(); i++) {
        byte[] item = items.get(i);
        upper = upper - item.length & -8;
        page.put(upper, item).putInt(24 + 4 * i, upper | 1 << 15 | item.length << 17);
      }
      return page.putShort(12, (short) (24 + 4 * items.size())).putShort(14, (short) upper).array();
    }
  }
}
