package io.pgproof.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TarHeaderTest {
  /** Damaged compressed data can become such a block; its signed sum is that of no checksum. */
  @Test
  void bytesWithoutAChecksumAreNoHeader() {
    byte[] page = new byte[512];
    Arrays.fill(page, 200, 456, (byte) -1);
    assertThat(new TarHeader(page).isSound()).isFalse();
    assertThat(TarHeader.isHeader(page)).isFalse();
    Arrays.fill(page, 148, 156, (byte) ' ');
    assertThat(new TarHeader(page).isSound()).isFalse();
  }

  @Test
  void bothWaysToAddUpTheBytesAreAccepted() {
    byte[] header = new byte[512];
    Arrays.fill(header, 0, 10, (byte) 0xC3);
    TarBytes.put(header, 148, "%06o\0 ".formatted(256 + 10 * 0xC3));
    assertThat(new TarHeader(header).isSound()).isTrue();
    Arrays.fill(header, 0, 1, (byte) 0xC3);
    Arrays.fill(header, 1, 10, (byte) 0);
    TarBytes.put(header, 148, "%06o\0 ".formatted(256 + (byte) 0xC3));
    assertThat(new TarHeader(header).isSound()).isTrue();
  }
}
