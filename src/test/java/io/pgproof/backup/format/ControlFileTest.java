package io.pgproof.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlFileTest {
  private static final DateTimeFormatter AS_PRINTED =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH);

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 12, 13, 14, 15, 16, 17, 18})
  void aRealControlFileIsReadAsPgControldataPrintsIt(int major) {
    ControlFile control = ControlFile.parse(CraftedBackup.resource("control/" + major));
    Map<String, String> printed = printed(major);

    assertThat(control.systemIdentifier()).isEqualTo(printed.get("Database system identifier"));
    assertThat(control.controlVersion()).hasToString(printed.get("pg_control version number"));
    assertThat(control.checkpointLsn()).hasToString(printed.get("Latest checkpoint location"));
    assertThat(control.checkpointTime()).isEqualTo(time(printed.get("Time of latest checkpoint")));
    assertThat(control.timeline()).hasToString(printed.get("Latest checkpoint's TimeLineID"));
    assertThat(control.maxConnections()).hasToString(printed.get("max_connections setting"));
    assertThat(control.maxWorkerProcesses())
        .hasToString(printed.get("max_worker_processes setting"));
    assertThat(control.maxWalSenders())
        .hasToString(major < 12 ? "0" : printed.get("max_wal_senders setting"));
    assertThat(control.maxPreparedTransactions())
        .hasToString(
            printed.getOrDefault(
                "max_prepared_xacts setting", printed.get("max_prepared_transactions setting")));
    assertThat(control.maxLocksPerTransaction())
        .hasToString(
            printed.getOrDefault(
                "max_locks_per_xact setting", printed.get("max_locks_per_transaction setting")));
    assertThat(control.blockSize()).hasToString(printed.get("Database block size"));
    assertThat(control.segmentBlocks())
        .hasToString(printed.getOrDefault("Blocks per segment of large relation", "131072"));
    assertThat(control.walSegmentSize()).hasToString(printed.get("Bytes per WAL segment"));
    assertThat(control.dataChecksums())
        .isEqualTo(!printed.get("Data page checksum version").equals("0"));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 12, 13, 14, 15, 16, 17, 18})
  void aRealWalSegmentNamesVersionAndCluster(int major) {
    WalPage page = WalPage.parse(CraftedBackup.resource("wal/" + major)).orElseThrow();

    assertThat(page.version().major()).isEqualTo(major);
    assertThat(page.systemIdentifier()).isEqualTo(printed(major).get("Database system identifier"));
    assertThat(page.segmentSize()).isEqualTo(16 << 20);
    assertThat(page.start()).hasToString("0/1000000");
  }

  @Test
  void aChangedByteIsDamage() {
    byte[] file = CraftedBackup.resource("control/15");
    file[60] ^= 1;

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "global/pg_control is damaged", () -> ControlFile.parse(file));
  }

  @Test
  void aShortFileIsDamage() {
    ExpectedFinding.expect(
        Reason.INCONSISTENT, "512 bytes", () -> ControlFile.parse(new byte[512]));
  }

  @Test
  void anUnknownVersionIsNotTheBackupsFault() {
    byte[] file = CraftedBackup.resource("control/15");
    file[8] = 1;
    file[9] = 1;

    ExpectedFinding.expect(Reason.VERSION_UNSUPPORTED, "257", () -> ControlFile.parse(file));
  }

  @Test
  void aFileOfZerosIsDamage() {
    ExpectedFinding.expect(
        Reason.INCONSISTENT,
        "contains only zeros",
        () -> ControlFile.parse(new byte[ControlFile.SIZE]));
  }

  /**
   * As a machine of 32 bits lays it out: no four bytes of padding behind the state, which stands
   * before the time.
   */
  private static byte[] of32Bits(byte[] file) {
    int crc = crcOffset(file);
    byte[] shifted = new byte[file.length];
    System.arraycopy(file, 0, shifted, 0, 20);
    System.arraycopy(file, 24, shifted, 20, crc - 24);
    seal(shifted, crc - 4);
    return shifted;
  }

  private static int crcOffset(byte[] file) {
    for (int at = 200; at < 400; at += 4) {
      if (ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(at) == crc(file, at)) {
        return at;
      }
    }
    throw new IllegalStateException("no CRC");
  }

  private static void seal(byte[] file, int at) {
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at, crc(file, at));
  }

  private static int crc(byte[] file, int length) {
    CRC32C crc = new CRC32C();
    crc.update(file, 0, length);
    return (int) crc.getValue();
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 13, 15, 17, 18})
  void aFileOfAnotherArchitectureIsNotTheBackupsFault(int major) {
    byte[] file = CraftedBackup.resource("control/" + major);

    ExpectedFinding.expect(
        Reason.VERSION_UNSUPPORTED, "32-bit", () -> ControlFile.parse(of32Bits(file)));
    byte[] bigEndian = file.clone();
    for (int i = 0; i < 4; i++) {
      bigEndian[8 + i] = file[11 - i];
    }
    ExpectedFinding.expect(
        Reason.VERSION_UNSUPPORTED, "big-endian", () -> ControlFile.parse(bigEndian));
    byte[] otherFloats = file.clone();
    int crc = crcOffset(file);
    int floats =
        indexOf(
            file,
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1234567.0).array());
    otherFloats[floats] ^= 1;
    seal(otherFloats, crc);
    ExpectedFinding.expect(
        Reason.VERSION_UNSUPPORTED, "floating-point", () -> ControlFile.parse(otherFloats));
  }

  @Test
  void damageInAFileOfAnotherArchitectureIsDamage() {
    byte[] file = of32Bits(CraftedBackup.resource("control/15"));
    file[60] ^= 1;
    ExpectedFinding.expect(Reason.INCONSISTENT, "CRC-32C", () -> ControlFile.parse(file));
    // Bytes that moved without a seal for their new places.
    byte[] moved = CraftedBackup.resource("control/15");
    System.arraycopy(moved.clone(), 24, moved, 20, 300);
    ExpectedFinding.expect(Reason.INCONSISTENT, "CRC-32C", () -> ControlFile.parse(moved));
  }

  private static int indexOf(byte[] file, byte[] part) {
    for (int at = 0; at < file.length - part.length; at++) {
      if (Arrays.equals(file, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new IllegalStateException("not there");
  }

  private static Instant time(String text) {
    return text.matches("[0-9]+")
        ? Instant.ofEpochSecond(Long.parseLong(text))
        : LocalDateTime.parse(text, AS_PRINTED).toInstant(ZoneOffset.UTC);
  }

  private static Map<String, String> printed(int major) {
    Map<String, String> lines = new HashMap<>();
    new String(CraftedBackup.resource("control/" + major + ".txt"), StandardCharsets.UTF_8)
        .lines()
        .forEach(
            line ->
                lines.put(
                    line.substring(0, line.indexOf(':')),
                    line.substring(line.indexOf(':') + 1).strip()));
    return lines;
  }
}
