package io.pgproof.backup.archive;

import io.pgproof.backup.restore.CraftedBackup;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A tar made field by field, as no program makes one. */
public final class TarBytes {
  public static final String POSIX = "ustar\00000";
  public static final String GNU = "ustar  \0";
  static final String V7 = "";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private String magic = POSIX;

  /** What the headers that follow are of. */
  public TarBytes of(String format) {
    magic = format;
    return this;
  }

  public TarBytes file(String name, byte[] content) {
    return member(name, '0', "", content);
  }

  public TarBytes member(String name, char type, String link, byte[] content) {
    return header(name, type, link, content.length).content(content);
  }

  /** A pax header for the next member, each record as {@code key=value}. */
  public TarBytes pax(String... records) {
    return member("PaxHeaders/x", 'x', "", records(records));
  }

  public static byte[] records(String... records) {
    StringBuilder text = new StringBuilder();
    for (String record : records) {
      int rest = record.getBytes(StandardCharsets.UTF_8).length + 2;
      int length = rest + Integer.toString(rest).length();
      text.append(rest + Integer.toString(length).length()).append(' ').append(record).append('\n');
    }
    return CraftedBackup.utf8(text.toString());
  }

  /** A header alone, which may lie. */
  public TarBytes header(String name, char type, String link, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000600");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, String.format("%011o", size));
    put(header, 136, "00000000000");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, magic);
    return header(header);
  }

  /** A block as it is, but for its checksum. */
  public TarBytes header(byte[] header) {
    bytes.writeBytes(sealed(header));
    return this;
  }

  static byte[] sealed(byte[] header) {
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : header[i] & 0xFF;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    return header;
  }

  public TarBytes content(byte[] content) {
    bytes.writeBytes(content);
    bytes.writeBytes(new byte[-content.length & 511]);
    return this;
  }

  /** The members so far, without an end mark. */
  public byte[] open() {
    return bytes.toByteArray();
  }

  public byte[] ended() {
    bytes.writeBytes(new byte[1024]);
    return bytes.toByteArray();
  }

  public static void put(byte[] header, int offset, String text) {
    byte[] field = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(field, 0, header, offset, field.length);
  }
}
