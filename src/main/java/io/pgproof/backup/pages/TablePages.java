package io.pgproof.backup.pages;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;

/**
 * Compares the pages that a table has with those that the entries of its B-tree indexes point to
 * (source: {@code bufpage.h}, {@code itup.h}, {@code nbtree.h}).
 *
 * <p>In a sound database all those pages exist: a page is written to the WAL before an entry for
 * it, and entries are removed before a table is truncated. To a server, a page that is missing at
 * the end or is all zeros was never used, so the server and amcheck overlook the data lost with it.
 */
public final class TablePages {
  private static final int POINTERS = 24;
  private static final int UPPER = 14;
  private static final int OPAQUE = 16;
  private static final int LEAF = 1;
  private static final int DELETED_OR_META = 4 | 8 | 16;
  private static final int OTHER_MEANING = 0x2000;
  private static final int LIST = 0x2000;
  private static final int TID = 6;
  private static final int AT_ONCE = 64;

  private final RestoredFiles files;
  private final PageLayout layout;
  private final BitSet unused = new BitSet();
  private long pages;

  private interface Look {
    void inspect(FileChannel file, int pages) throws IOException;
  }

  private TablePages(RestoredFiles files, PageLayout layout) {
    this.files = files;
    this.layout = layout;
  }

  /**
   * Examines a table while no server writes to it; its name is that of its first file, such as
   * {@code base/5/16384}.
   *
   * @throws InterruptedException when the thread was interrupted
   */
  public static TablePages of(RestoredFiles files, ControlFile control, String table)
      throws IOException, InterruptedException {
    TablePages found = new TablePages(files, PageLayout.of(control));
    ByteBuffer upper = ByteBuffer.allocate(Short.BYTES);
    found.eachFile(
        table,
        (file, pages) -> {
          for (int page = 0; page < pages; page++) {
            upper.clear();
            if (file.read(upper, (long) page * found.layout.blockSize() + UPPER) == Short.BYTES
                && upper.getShort(0) == 0) {
              found.setUnused(found.pages + page);
            }
          }
          found.pages += pages;
        });
    return found;
  }

  public boolean isEmpty() {
    return pages == 0;
  }

  /** Marks a block as unused; blocks beyond 16 TiB of a table are not judged. */
  private void setUnused(long block) {
    if (block < Integer.MAX_VALUE) {
      unused.set((int) block);
    }
  }

  /**
   * Returns what the table has lost according to one of its indexes, in a few words for a report;
   * empty when nothing is lost.
   *
   * <p>Anything that does not look like an index is skipped, because amcheck reports it.
   */
  public Optional<String> lost(String index) throws IOException, InterruptedException {
    BitSet lost = new BitSet();
    ByteBuffer bytes =
        ByteBuffer.allocate(AT_ONCE * layout.blockSize()).order(ByteOrder.LITTLE_ENDIAN);
    eachFile(
        index,
        (file, count) -> {
          while (fill(bytes.clear(), file)) {
            for (int page = 0;
                page + layout.blockSize() <= bytes.position();
                page += layout.blockSize()) {
              leaf(bytes.slice(page, layout.blockSize()).order(ByteOrder.LITTLE_ENDIAN), lost);
            }
          }
        });
    if (lost.isEmpty()) {
      return Optional.empty();
    }
    int block = lost.nextSetBit(0);
    int all = lost.cardinality();
    return Optional.of(
        "block "
            + block
            + " of its table, "
            + (block < pages ? "which is empty" : "which ends before it")
            + (all == 1 ? "" : String.format(Locale.ROOT, ", the first of %,d such blocks", all)));
  }

  private static boolean fill(ByteBuffer bytes, FileChannel file) throws IOException {
    while (bytes.hasRemaining() && file.read(bytes) > 0) {}
    return bytes.position() > 0;
  }

  private void leaf(ByteBuffer page, BitSet lost) {
    int special = layout.blockSize() - OPAQUE;
    if (Short.toUnsignedInt(page.getShort(16)) != special) {
      return;
    }
    int flags = page.getShort(special + 12);
    if ((flags & LEAF) == 0 || (flags & DELETED_OR_META) != 0) {
      return;
    }
    int end = Math.min(Short.toUnsignedInt(page.getShort(12)), special);
    // If a page has a right neighbour, its first item is not an entry but its high key.
    boolean rightmost = page.getInt(special + 4) == 0;
    for (int pointer = rightmost ? POINTERS : POINTERS + 4; pointer + 4 <= end; pointer += 4) {
      int entry = page.getInt(pointer) & 0x7FFF;
      int length = page.getInt(pointer) >>> 17;
      if (entry >= end && length > TID && entry + length <= special) {
        entry(page.slice(entry, length).order(ByteOrder.LITTLE_ENDIAN), lost);
      }
    }
  }

  private void entry(ByteBuffer entry, BitSet lost) {
    if ((entry.getShort(TID) & OTHER_MEANING) == 0) {
      pointsTo(block(entry, 0), lost);
    } else if ((entry.getShort(4) & LIST) != 0) {
      long from = block(entry, 0);
      for (int i = 0;
          i < (entry.getShort(4) & 0x0FFF) && from + (i + 1L) * TID <= entry.limit();
          i++) {
        pointsTo(block(entry, (int) from + i * TID), lost);
      }
    }
  }

  private static long block(ByteBuffer bytes, int at) {
    return (long) Short.toUnsignedInt(bytes.getShort(at)) << 16
        | Short.toUnsignedInt(bytes.getShort(at + 2));
  }

  private void pointsTo(long block, BitSet lost) {
    if (block < Integer.MAX_VALUE && (block >= pages || unused.get((int) block))) {
      lost.set((int) block);
    }
  }

  /**
   * Reads a relation as the server does: it continues in the next file only if this one is full.
   */
  private void eachFile(String first, Look look) throws IOException, InterruptedException {
    for (int segment = 0; ; segment++) {
      Optional<RelationFile> named = RelationFile.of(segment == 0 ? first : first + "." + segment);
      Optional<FileChannel> open = named.isEmpty() ? Optional.empty() : files.open(named.get());
      if (open.isEmpty()) {
        return;
      }
      try (FileChannel file = open.get()) {
        int pages = (int) Math.min(file.size() / layout.blockSize(), layout.segmentBlocks());
        look.inspect(file, pages);
        if (pages < layout.segmentBlocks()) {
          return;
        }
      } catch (ClosedByInterruptException e) {
        throw new InterruptedException();
      }
    }
  }
}
