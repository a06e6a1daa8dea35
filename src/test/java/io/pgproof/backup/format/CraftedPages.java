package io.pgproof.backup.format;

import io.pgproof.backup.restore.CraftedBackup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Pages as PostgreSQL lays them out, with a content that differs from page to page, and the control
 * file that tells how.
 */
public final class CraftedPages {
  /** Before the start of {@link CraftedBackup}. */
  public static final Lsn OLD = Lsn.parse("0/1000000");

  /** After it. */
  public static final Lsn YOUNG = Lsn.parse("0/1000090");

  private CraftedPages() {}

  /** A whole relation file with usual pages that were last changed before the backup. */
  public static byte[] of(int count) {
    return of(PageLayout.USUAL, 0, count);
  }

  /**
   * @param first number in the relation of the first page
   */
  public static byte[] of(PageLayout layout, int first, int count) {
    ByteBuffer file = ByteBuffer.allocate(count * layout.blockSize());
    for (int i = 0; i < count; i++) {
      file.put(page(layout, first + i, OLD));
    }
    return file.array();
  }

  public static byte[] page(PageLayout layout, int block, Lsn lsn) {
    int size = layout.blockSize();
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes
        .putInt((int) (lsn.position() >>> 32))
        .putInt((int) lsn.position())
        .putShort((short) 0)
        .putShort((short) 0);
    bytes
        .putShort((short) 24)
        .putShort((short) (size / 2))
        .putShort((short) size)
        .putShort((short) (size | 4));
    for (int i = size / 2; i < size; i += 4) {
      bytes.putInt(i, i * 31 + block + (int) lsn.position());
    }
    Page page = new Page(size);
    page.load(bytes.rewind());
    return bytes.putShort(8, (short) page.checksum(block)).array();
  }

  /** The real {@code pg_control} of PostgreSQL 15, of a server that was built otherwise. */
  public static byte[] control(PageLayout layout, boolean checksums) {
    ByteBuffer file =
        ByteBuffer.wrap(CraftedBackup.resource("control/15")).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(216, layout.blockSize())
        .putInt(220, layout.segmentBlocks())
        .putInt(252, checksums ? 1 : 0);
    CRC32C crc = new CRC32C();
    crc.update(file.array(), 0, 288);
    return file.putInt(288, (int) crc.getValue()).array();
  }
}
