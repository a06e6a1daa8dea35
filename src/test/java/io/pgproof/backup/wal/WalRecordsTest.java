package io.pgproof.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.wal.ReplayPlan.Raised;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Records as {@code XLogInsert} lays them out over the pages of a segment. */
public class WalRecordsTest {
  private static final int PAGE = 8192;
  private static final int SEGMENT = 1 << 20;
  private static final int TABLESPACE = 5;

  private final ByteBuffer log = ByteBuffer.allocate(2 * SEGMENT).order(ByteOrder.LITTLE_ENDIAN);
  private final WalRecords records = new WalRecords(new Lsn(SEGMENT), PostgresVersion.V15);
  private int at = 40;
  private long left;

  @Test
  void tablespacesAreFoundWhereverTheirRecordsAre() {
    put(record(TABLESPACE, 0x00, tablespace(16401, "/srv/first")));
    // The next record's header crosses the page's end.
    put(record(9, 0x20, new byte[PAGE - at - 16 - 29]));
    put(record(TABLESPACE, 0x00, tablespace(16402, "/srv/across the end")));
    put(record(9, 0x20, random(SEGMENT)));
    put(record(TABLESPACE, 0x10, tablespace(16401, "")));
    put(record(TABLESPACE, 0x00, tablespace(16403, "/srv/in the next segment")));
    put(record(TABLESPACE, 0x00, tablespace(16404, "")));
    read();

    assertThat(records.tablespaces())
        .containsOnlyKeys("16401", "16402", "16403")
        .containsEntry("16402", "/srv/across the end")
        .containsEntry("16403", "/srv/in the next segment");
  }

  @Test
  void theHighestSettingsOfTheSourceAreFound() {
    put(record(0, 0x60, settings(100, 8, 10, 0, 64)));
    put(record(0, 0x60, settings(300, 8, 10, 50, 64)));
    put(record(0, 0x60, settings(100, 8, 10, 10, 256)));
    read();
    assertThat(records.raised()).isEqualTo(new Raised(300, 50, 256));
  }

  @Test
  void version11DoesNotRecordWalSenders() {
    WalRecords eleven = new WalRecords(new Lsn(SEGMENT), PostgresVersion.V11);
    put(record(0, 0x60, settings(100, 8, 7, 128, 2)));
    eleven.segment(new Lsn(SEGMENT));
    eleven.addBytes(log.duplicate().position(0).limit(SEGMENT));
    assertThat(eleven.raised()).isEqualTo(new Raised(100, 7, 128));
  }

  @Test
  void damagedAndOlderRecordsAreIgnored() {
    byte[] damaged = record(TABLESPACE, 0x00, tablespace(16401, "/srv/first"));
    damaged[40] ^= 1;
    put(damaged);
    put(record(TABLESPACE, 0x00, tablespace(16402, "/srv/second")));
    WalRecords later = new WalRecords(new Lsn(SEGMENT + PAGE), PostgresVersion.V15);
    later.segment(new Lsn(SEGMENT));
    later.addBytes(log.duplicate().position(0).limit(SEGMENT));
    read();

    assertThat(records.tablespaces()).containsOnlyKeys("16402");
    assertThat(later.tablespaces()).isEmpty();
  }

  @Test
  void unreadableWalIsIgnored() {
    for (int seed = 0; seed < 20; seed++) {
      byte[] rubbish = random(SEGMENT);
      new Random(seed).nextBytes(rubbish);
      for (int page = 0; page < SEGMENT; page += PAGE) {
        System.arraycopy(log.array(), 0, rubbish, page, 24);
        ByteBuffer.wrap(rubbish)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort(page, (short) 0xD110)
            .putShort(page + 2, (short) (seed & 1))
            .putInt(page + 4, 1)
            .putLong(page + 8, SEGMENT + page)
            .putInt(page + 16, seed * 1000);
      }
      records.segment(new Lsn(SEGMENT));
      records.addBytes(ByteBuffer.wrap(rubbish));
    }
    assertThat(records.tablespaces()).isEmpty();
  }

  private void read() {
    for (int segment = 0; segment < 2; segment++) {
      records.segment(new Lsn((long) SEGMENT * (segment + 1)));
      // In pieces that fit no page.
      for (int from = 0; from < SEGMENT; from += 5000) {
        records.addBytes(
            log.duplicate()
                .position(segment * SEGMENT + from)
                .limit(segment * SEGMENT + Math.min(SEGMENT, from + 5000)));
      }
    }
  }

  private void put(byte[] record) {
    left = record.length;
    while (left > 0) {
      if (at % PAGE == 0) {
        at += page(at, left == record.length ? 0 : left);
      } else if (at == 40) {
        page(0, 0);
      }
      int count = (int) Math.min(left, PAGE - at % PAGE);
      log.position(at).put(record, record.length - (int) left, count);
      at += count;
      left -= count;
    }
    at = at + 7 & ~7;
  }

  private int page(int offset, long continued) {
    boolean first = offset % SEGMENT == 0;
    log.putShort(offset, (short) 0xD110)
        .putShort(offset + 2, (short) ((first ? 2 : 0) | (continued > 0 ? 1 : 0)))
        .putInt(offset + 4, 1)
        .putLong(offset + 8, SEGMENT + offset)
        .putInt(offset + 16, (int) continued);
    return first ? 40 : 24;
  }

  public static byte[] record(int manager, int info, byte[] data) {
    int header = data.length < 256 ? 2 : 5;
    ByteBuffer record =
        ByteBuffer.allocate(24 + header + data.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(0, record.capacity()).put(16, (byte) info).put(17, (byte) manager);
    if (header == 2) {
      record.put(24, (byte) 255).put(25, (byte) data.length);
    } else {
      record.put(24, (byte) 254).putInt(25, data.length);
    }
    record.position(24 + header).put(data);
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 24, record.capacity() - 24);
    crc.update(record.array(), 0, 20);
    return record.putInt(20, (int) crc.getValue()).array();
  }

  public static byte[] tablespace(int oid, String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(5 + name.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(oid)
        .put(name)
        .array();
  }

  private static byte[] settings(int... values) {
    ByteBuffer data = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      data.putInt(value);
    }
    return data.array();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
