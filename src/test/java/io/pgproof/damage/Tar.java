package io.pgproof.damage;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A tar in memory whose members keep the headers that PostgreSQL wrote; what is not touched is
 * written byte for byte.
 */
final class Tar {
  private static final int BLOCK = 512;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final int LINK = 157;

  /** One member; its arrays are shared and never written to. */
  record Member(byte[] header, byte[] content) {
    static Member file(String name, byte[] content) {
      byte[] header = new byte[BLOCK];
      put(header, 0, name);
      put(header, 100, "0000600");
      put(header, 108, "0000000");
      put(header, 116, "0000000");
      put(header, 136, "00000000000");
      header[TYPE] = '0';
      put(header, 257, "ustar\00000");
      return new Member(header, content).sealed();
    }

    String name() {
      int end = 0;
      while (header[end] != 0 && end < 100) {
        end++;
      }
      return new String(header, 0, end, StandardCharsets.ISO_8859_1);
    }

    boolean isFile() {
      return header[TYPE] == '0';
    }

    Member named(String name) {
      byte[] changed = header.clone();
      Arrays.fill(changed, 0, 100, (byte) 0);
      put(changed, 0, name);
      return new Member(changed, content).sealed();
    }

    Member with(byte[] other) {
      return new Member(header, other).sealed();
    }

    /** As a link, a device or whatever else has this type. */
    Member typed(char type, String link) {
      byte[] changed = header.clone();
      changed[TYPE] = (byte) type;
      put(changed, LINK, link);
      return new Member(changed, content).sealed();
    }

    /** Says that it has this size, whatever it has. */
    Member sized(long size) {
      byte[] changed = header.clone();
      Arrays.fill(changed, SIZE, SIZE + 12, (byte) 0);
      ByteBuffer.wrap(changed).putLong(SIZE + 4, size).put(SIZE, (byte) 0x80);
      return new Member(summed(changed), content);
    }

    private Member sealed() {
      byte[] changed = header.clone();
      put(changed, SIZE, String.format("%011o\0", content.length));
      return new Member(summed(changed), content);
    }

    private static byte[] summed(byte[] changed) {
      Arrays.fill(changed, CHECKSUM, CHECKSUM + 8, (byte) ' ');
      int sum = 0;
      for (byte each : changed) {
        sum += each & 0xFF;
      }
      put(changed, CHECKSUM, String.format("%06o\0 ", sum));
      return changed;
    }

    private static void put(byte[] header, int offset, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
  }

  private final List<Member> members;
  private final byte[] end;

  private Tar(List<Member> members, byte[] end) {
    this.members = members;
    this.end = end;
  }

  static Tar read(byte[] bytes) {
    List<Member> members = new ArrayList<>();
    int at = 0;
    while (bytes[at] != 0) {
      byte[] header = Arrays.copyOfRange(bytes, at, at + BLOCK);
      int size = Integer.parseInt(new String(header, SIZE, 11, StandardCharsets.US_ASCII), 8);
      members.add(new Member(header, Arrays.copyOfRange(bytes, at + BLOCK, at + BLOCK + size)));
      at += BLOCK + padded(size);
    }
    return new Tar(members, Arrays.copyOfRange(bytes, at, bytes.length));
  }

  private static int padded(int size) {
    return size + BLOCK - 1 & -BLOCK;
  }

  Tar copy() {
    return new Tar(new ArrayList<>(members), end);
  }

  byte[] bytes() {
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(
            members.stream().mapToInt(member -> BLOCK + padded(member.content().length)).sum()
                + end.length);
    for (Member member : members) {
      out.writeBytes(member.header());
      out.writeBytes(member.content());
      out.writeBytes(new byte[padded(member.content().length) - member.content().length]);
    }
    out.writeBytes(end);
    return out.toByteArray();
  }

  /** In their order, to be changed. */
  List<Member> members() {
    return members;
  }

  List<String> names() {
    return members.stream().map(Member::name).toList();
  }

  /** The content of the file with this name; not to be written to. */
  byte[] content(String name) {
    return members.get(index(name)).content();
  }

  /** Gives a file the content that comes of a copy of its own. */
  void edit(String name, UnaryOperator<byte[]> change) {
    change(name, member -> member.with(change.apply(member.content().clone())));
  }

  void change(String name, UnaryOperator<Member> change) {
    int index = index(name);
    members.set(index, change.apply(members.get(index)));
  }

  /** Takes out whatever matches, of which there must be something. */
  void remove(Predicate<String> name) {
    if (!members.removeIf(member -> name.test(member.name()))) {
      throw new IllegalArgumentException("nothing to remove among " + names());
    }
  }

  void remove(String name) {
    members.remove(index(name));
  }

  void add(Member member) {
    members.add(member);
  }

  private int index(String name) {
    int index = names().indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no member " + name + " among " + names());
    }
    return index;
  }

  /** Where in {@link #bytes} the header of a member begins. */
  int offset(String name) {
    return members.subList(0, index(name)).stream()
        .mapToInt(member -> BLOCK + padded(member.content().length))
        .sum();
  }

  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
