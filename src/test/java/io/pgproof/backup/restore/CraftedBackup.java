package io.pgproof.backup.restore;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.Packed;
import io.pgproof.backup.format.CraftedPages;
import io.pgproof.backup.source.Backup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * A small backup as pg_basebackup -Ft lays it out, around a real pg_control and a real WAL header
 * of PostgreSQL 15.
 */
public final class CraftedBackup {
  /** Whose the restored files are: another's than the test's where root can give files away. */
  public static final int UID = own("uid") == 0 ? 100100 : own("uid");

  public static final int GID = own("uid") == 0 ? 100102 : own("gid");

  public static final String SEGMENT = "000000010000000000000001";
  public static final int SEGMENT_SIZE = 16 << 20;

  /** Bytes of zeros at the end of each tar. */
  static final int END_MARK = 1024;

  public static final String LABEL =
      """
      START WAL LOCATION: 0/1000028 (file 000000010000000000000001)
      CHECKPOINT LOCATION: 0/1000060
      BACKUP METHOD: streamed
      BACKUP FROM: primary
      START TIME: 2026-11-22 19:52:14 UTC
      LABEL: nightly
      START TIMELINE: 1
      """;

  public final Path directory;
  public final Map<String, byte[]> files = new LinkedHashMap<>();
  public final Map<String, byte[]> wal = new LinkedHashMap<>();
  private final List<Map.Entry<TarArchiveEntry, byte[]>> strange = new ArrayList<>();
  String algorithm = "CRC32C";
  public String startLsn = "0/1000028";
  public String endLsn = "0/1900000";
  public boolean manifest = true;
  Compression coding = Compression.GZIP;

  public CraftedBackup(Path directory) {
    this.directory = directory;
    files.put("backup_label", utf8(LABEL));
    files.put("tablespace_map", new byte[0]);
    files.put("PG_VERSION", utf8("15\n"));
    files.put("base/5/1259", CraftedPages.of(3));
    files.put("postgresql.auto.conf", utf8("# nothing\n"));
    files.put("global/pg_control", resource("control/15"));
    wal.put(SEGMENT, segment(1));
    wal.put("archive_status/" + SEGMENT + ".done", new byte[0]);
  }

  /** Adds a member that PostgreSQL never writes, behind the files. */
  CraftedBackup with(TarArchiveEntry entry, byte[] content) {
    strange.add(Map.entry(entry, content));
    return this;
  }

  static TarArchiveEntry entry(String name, byte type, String link) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(link);
    return entry;
  }

  static TarArchiveEntry file(String name, int size) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
    entry.setSize(size);
    return entry;
  }

  public Path base() {
    return directory.resolve("base.tar" + coding.ending());
  }

  public Path walArchive() {
    return directory.resolve("pg_wal.tar" + coding.ending());
  }

  public CraftedBackup write() {
    try {
      Files.createDirectories(directory);
      Files.write(base(), packed(baseTar()));
      if (!wal.isEmpty()) {
        Files.write(walArchive(), packed(walTar()));
      }
      if (manifest) {
        Files.writeString(directory.resolve("backup_manifest"), manifest(""));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same as a plain backup, with the WAL in its place. */
  public CraftedBackup writePlain() {
    try {
      Files.createDirectories(directory.resolve("pg_xact"));
      Files.createDirectories(directory.resolve("pg_wal/archive_status"));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        put(file.getKey(), file.getValue());
      }
      for (Map.Entry<String, byte[]> file : wal.entrySet()) {
        put("pg_wal/" + file.getKey(), file.getValue());
      }
      if (manifest) {
        Files.writeString(directory.resolve("backup_manifest"), manifest(""));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(String name, byte[] content) throws IOException {
    Files.createDirectories(directory.resolve(name).getParent());
    Files.write(directory.resolve(name), content);
  }

  public byte[] baseTar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = tar(bytes)) {
      for (String first : List.of("backup_label", "tablespace_map")) {
        if (files.containsKey(first)) {
          put(tar, file(first, files.get(first).length), files.get(first));
        }
      }
      put(tar, new TarArchiveEntry("base/"), new byte[0]);
      put(tar, new TarArchiveEntry("base/5/"), new byte[0]);
      put(tar, new TarArchiveEntry("pg_xact/"), new byte[0]);
      put(tar, new TarArchiveEntry("pg_wal/"), new byte[0]);
      put(tar, new TarArchiveEntry("./pg_wal/archive_status/"), new byte[0]);
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        if (!each.getKey().equals("backup_label") && !each.getKey().equals("tablespace_map")) {
          put(tar, file(each.getKey(), each.getValue().length), each.getValue());
        }
      }
      for (Map.Entry<TarArchiveEntry, byte[]> each : strange) {
        put(tar, each.getKey(), each.getValue());
      }
    }
    return bytes.toByteArray();
  }

  byte[] walTar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = tar(bytes)) {
      for (Map.Entry<String, byte[]> each : wal.entrySet()) {
        put(tar, file(each.getKey(), each.getValue().length), each.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /**
   * @param more lines put before the manifest's own checksum
   */
  String manifest(String more) {
    StringBuilder text =
        new StringBuilder("{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n");
    String separator = "";
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      text.append(separator)
          .append("{ \"Path\": \"")
          .append(each.getKey())
          .append("\", \"Size\": ")
          .append(each.getValue().length)
          .append(", \"Last-Modified\": \"2026-11-22 19:52:14 GMT\"");
      if (!algorithm.equals("NONE")) {
        text.append(", \"Checksum-Algorithm\": \"")
            .append(algorithm)
            .append("\", \"Checksum\": \"")
            .append(sum(each.getValue()))
            .append('"');
      }
      text.append(" }");
      separator = ",\n";
    }
    text.append("\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"")
        .append(startLsn)
        .append("\", \"End-LSN\": \"")
        .append(endLsn)
        .append("\" }\n],\n")
        .append(more);
    return signed(text.toString());
  }

  static String signed(String text) {
    return text + "\"Manifest-Checksum\": \"" + hex(digest("SHA-256", utf8(text))) + "\"}\n";
  }

  private String sum(byte[] content) {
    if (algorithm.equals("CRC32C")) {
      CRC32C crc = new CRC32C();
      crc.update(content);
      return hex(
          ByteBuffer.allocate(4)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) crc.getValue())
              .array());
    }
    return hex(digest(algorithm.replace("SHA", "SHA-"), content));
  }

  byte[] packed(byte[] tar) throws IOException {
    return Packed.by(coding, tar);
  }

  public static byte[] gzip(byte[] content) throws IOException {
    return Packed.by(Compression.GZIP, content);
  }

  /** A WAL segment of zeros behind a real first header, at home at this number. */
  public static byte[] segment(int number) {
    return segment(number, SEGMENT_SIZE);
  }

  /** The same for a cluster whose segments have this number of bytes. */
  public static byte[] segment(int number, int size) {
    ByteBuffer segment = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    segment.put(resource("wal/15")).putLong(8, (long) number * size).putInt(32, size);
    return segment.array();
  }

  public static byte[] resource(String name) {
    try (InputStream in = CraftedBackup.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i += 512) {
      bytes[i] = (byte) (i / 512 + 1);
    }
    return bytes;
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] digest(String algorithm, byte[] content) {
    try {
      return MessageDigest.getInstance(algorithm).digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static TarArchiveOutputStream tar(OutputStream out) {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    return tar;
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, byte[] content)
      throws IOException {
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  public Backup find() throws InterruptedException {
    return Backups.find(directory);
  }

  /** Inspects and restores into a directory beside. */
  public RestoredBackup restore() throws InterruptedException {
    return restore(Optional.empty());
  }

  public RestoredBackup restore(Optional<Path> archive) throws InterruptedException {
    Backup backup = find();
    return Backups.restore(
        backup, Backups.inspect(backup, archive), order(archive), (done, total, note) -> {});
  }

  RestoreRequest order(Optional<Path> archive) {
    return new RestoreRequest(
        places(), UID, GID, archive, new DiskSpace(1 << 20, Optional.empty()), true);
  }

  public RestorePaths places() {
    return new RestorePaths(
        data(),
        directory.resolveSibling("tablespaces"),
        "/inside",
        directory.resolveSibling("wal"));
  }

  private static int own(String id) {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:" + id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path data() {
    return directory.resolveSibling("data");
  }
}
