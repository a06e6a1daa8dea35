package io.pgproof.backup.format;

import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.format.Manifest.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;

/**
 * The files that a manifest lists, packed into a few arrays at about 50 bytes per file, so that
 * millions fit into a small heap.
 *
 * <p>Each file has a place, a number that finds it again. One thread fills this object; afterwards
 * any number of threads may read it.
 */
public final class ManifestFiles {
  private static final int CHUNK = 1 << 20;
  private static final int LONGEST_NAME = 0xFFFF;

  /**
   * Entries begin at multiples of this, so that an int can address the start of an entry in 8 GiB.
   */
  private static final int ALIGNED = 4;

  private static final List<FileChecksum> ALGORITHMS = List.of(FileChecksum.values());

  private final List<ByteBuffer> chunks = new ArrayList<>();

  /** By place, the position where the entry begins, counted from 1; 0 where there is none. */
  private int[] places = new int[1024];

  /** Random, so that the author of a manifest cannot make all names collide. */
  private final int multiplier = ThreadLocalRandom.current().nextInt() | 1;

  private int count;
  private long bytes;

  /**
   * Adds a file.
   *
   * @param name one character per byte
   * @return whether the file is new
   * @throws IllegalArgumentException when the name is too long or there are more files than this
   *     object can hold
   */
  boolean add(String name, Entry entry) {
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("a name in it is too long");
    }
    if (3L * count >= 2L * places.length) {
      grow();
    }
    int place = place(name);
    if (places[place] != 0) {
      return false;
    }
    places[place] = write(name, entry);
    count++;
    bytes += entry.size();
    return true;
  }

  /** Returns the place of the file; -1 when it is not listed. */
  public int find(String name) {
    int place = place(name);
    return places[place] == 0 ? -1 : place;
  }

  public Entry entry(int place) {
    ByteBuffer entry = entryAt(places[place]);
    int name = Short.toUnsignedInt(entry.getShort());
    entry.position(entry.position() + name);
    long size = entry.getLong();
    FileChecksum algorithm = ALGORITHMS.get(entry.get());
    byte[] checksum = new byte[algorithm.length()];
    entry.get(checksum);
    return new Entry(size, algorithm, checksum);
  }

  public String name(int place) {
    ByteBuffer entry = entryAt(places[place]);
    byte[] name = new byte[Short.toUnsignedInt(entry.getShort())];
    entry.get(name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  public void forEachPlace(IntConsumer taker) {
    for (int place = 0; place < places.length; place++) {
      if (places[place] != 0) {
        taker.accept(place);
      }
    }
  }

  public int count() {
    return count;
  }

  /** Returns the total size of all files in bytes. */
  long bytes() {
    return bytes;
  }

  /** Returns the place where a file of this name is or belongs. */
  private int place(String name) {
    int place = spread(hash(name)) & places.length - 1;
    while (places[place] != 0 && !isNamed(places[place], name)) {
      place = place + 1 & places.length - 1;
    }
    return place;
  }

  private int hash(String name) {
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash + name.charAt(i) + 1) * multiplier;
    }
    return hash;
  }

  private static int spread(int hash) {
    int half = (hash ^ hash >>> 16) * 0x45d9f3b;
    return half ^ half >>> 16;
  }

  private boolean isNamed(int where, String name) {
    ByteBuffer entry = entryAt(where);
    if (Short.toUnsignedInt(entry.getShort()) != name.length()) {
      return false;
    }
    int begin = entry.position();
    for (int i = 0; i < name.length(); i++) {
      if ((entry.get(begin + i) & 0xFF) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int write(String name, Entry entry) {
    int length = Short.BYTES + name.length() + Long.BYTES + 1 + entry.checksum().length;
    if (chunks.isEmpty() || chunks.get(chunks.size() - 1).remaining() < length) {
      if (chunks.size() >= (Integer.MAX_VALUE / CHUNK) * ALIGNED) {
        throw new IllegalArgumentException("it lists more files than pgproof can keep");
      }
      chunks.add(ByteBuffer.allocate(CHUNK));
    }
    ByteBuffer chunk = chunks.get(chunks.size() - 1);
    long begin = (chunks.size() - 1L) * CHUNK + chunk.position();
    chunk
        .putShort((short) name.length())
        .put(name.getBytes(StandardCharsets.ISO_8859_1))
        .putLong(entry.size())
        .put((byte) ALGORITHMS.indexOf(entry.algorithm()))
        .put(entry.checksum());
    chunk.position(Math.min(chunk.position() + ALIGNED - 1 & -ALIGNED, CHUNK));
    return (int) (begin / ALIGNED) + 1;
  }

  /** Returns a separate view, usable by any thread. */
  private ByteBuffer entryAt(int where) {
    long begin = (where - 1L) * ALIGNED;
    return chunks.get((int) (begin / CHUNK)).duplicate().clear().position((int) (begin % CHUNK));
  }

  private void grow() {
    if (places.length == 1 << 30) {
      throw new IllegalArgumentException("it lists more files than pgproof can keep");
    }
    int[] before = places;
    places = new int[2 * before.length];
    for (int where : before) {
      if (where != 0) {
        ByteBuffer entry = entryAt(where);
        byte[] name = new byte[Short.toUnsignedInt(entry.getShort())];
        entry.get(name);
        int place = spread(hash(new String(name, StandardCharsets.ISO_8859_1))) & places.length - 1;
        while (places[place] != 0) {
          place = place + 1 & places.length - 1;
        }
        places[place] = where;
      }
    }
  }
}
