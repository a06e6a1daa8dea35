package io.pgproof.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ByteSourceTest {
  @Test
  void everyFlippedBitIsNoticedOrChangesNothing() throws Exception {
    CraftedBackup backup = new CraftedBackup(Path.of("unwritten"));
    byte[] whole = CraftedBackup.gzip(backup.baseTar());
    Map<String, ByteBuffer> members = members(whole, whole.length);
    int noticed = 0;
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(members(flipped, whole.length)).as("bit %d", bit).isEqualTo(members);
      } catch (FindingException e) {
        assertThat(e.finding()).as("bit %d", bit).returns(Verdict.REFUTED, Finding::verdict);
        noticed++;
      }
    }
    assertThat(noticed).isGreaterThan(whole.length * 6);
  }

  @Test
  void theSizeOfReadsMakesNoDifference() throws Exception {
    CraftedBackup backup = new CraftedBackup(Path.of("unwritten"));
    byte[] tar = backup.baseTar();
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    for (int from = 0; from < tar.length; from += 777) {
      pieces.write(
          CraftedBackup.gzip(Arrays.copyOfRange(tar, from, Math.min(from + 777, tar.length))));
    }
    Map<String, ByteBuffer> expected = members(CraftedBackup.gzip(tar), 1 << 20);

    assertThat(expected).containsKeys("backup_label", "pg_wal/archive_status", "global/pg_control");
    for (int most : new int[] {1, 2, 3, 511, 512, 513, 4096}) {
      assertThat(members(pieces.toByteArray(), most))
          .as("%d bytes at once", most)
          .isEqualTo(expected);
    }
  }

  @Test
  void allFieldsOfAGzipHeaderAreRead() throws Exception {
    byte[] tar = new CraftedBackup(Path.of("unwritten")).baseTar();
    byte[] plain = CraftedBackup.gzip(tar);
    ByteArrayOutputStream full = new ByteArrayOutputStream();
    full.write(
        new byte[] {
          0x1F, (byte) 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 'x', 'y', 'n', 0, 'c', 0
        });
    CRC32 crc = new CRC32();
    crc.update(full.toByteArray());
    full.write((int) crc.getValue());
    full.write((int) (crc.getValue() >> 8));
    full.write(plain, 10, plain.length - 10);

    assertThat(members(full.toByteArray(), 100)).isEqualTo(members(plain, 100));
  }

  @Test
  void aSizeInBase256IsRead() throws Exception {
    byte[] tar = new CraftedBackup(Path.of("unwritten")).baseTar();
    byte[] size = new byte[12];
    size[0] = (byte) 0x80;
    size[11] = (byte) CraftedBackup.LABEL.length();
    System.arraycopy(size, 0, tar, 124, 12);
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : tar[i] & 0xFF;
    }
    System.arraycopy(CraftedBackup.utf8(String.format("%06o\0 ", sum)), 0, tar, 148, 8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(tar);
    }

    assertThat(members(bytes.toByteArray(), 4096).get("backup_label"))
        .isEqualTo(ByteBuffer.wrap(CraftedBackup.utf8(CraftedBackup.LABEL)));
  }

  private static Map<String, ByteBuffer> members(byte[] gzip, int most) throws Exception {
    Map<String, ByteBuffer> members = new LinkedHashMap<>();
    try (TarReader tar = new TarReader(new GzipDecoder(new Trickle(gzip, most)))) {
      for (Optional<Member> next = tar.next(); next.isPresent(); next = tar.next()) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        tar.copyContent(
            piece -> {
              byte[] bytes = new byte[piece.remaining()];
              piece.get(bytes);
              content.write(bytes);
            });
        members.put(next.get().name(), ByteBuffer.wrap(content.toByteArray()));
      }
    }
    return members;
  }
}
