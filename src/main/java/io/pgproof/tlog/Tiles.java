package io.pgproof.tlog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The hashes of a tree as files, by c2sp.org/tlog-tiles: a tile has up to 256 hashes, and each hash
 * above the lowest level is that of a full tile below it. A full tile never changes; one that is
 * not full yet has the number of its hashes in its name, and is removed when the full one is there.
 *
 * <p>One writer at a time. What it has written is on the disk when it returns, so a checkpoint that
 * is signed afterwards has its tiles even after a power cut.
 */
public final class Tiles implements SubtreeHashes {
  private static final int HEIGHT = 8;
  static final int WIDTH = 1 << HEIGHT;
  static final int FULL = WIDTH * MerkleTree.HASH_LENGTH;

  private final Path directory;
  private long size;

  /**
   * @param directory holds the directory {@code tile}; need not exist
   * @param size number of leaves, by the last checkpoint; what was written behind them counts for
   *     nothing
   */
  public Tiles(Path directory, long size) {
    this.directory = directory;
    this.size = size;
  }

  /** Returns the tree of these tiles. */
  public MerkleTree tree() {
    return new MerkleTree(this, size);
  }

  public long size() {
    return size;
  }

  /**
   * Adds leaves.
   *
   * @param leaves hashes of the entries, in their order
   */
  public void append(List<byte[]> leaves) throws IOException {
    ByteBuffer added = ByteBuffer.allocate(leaves.size() * MerkleTree.HASH_LENGTH);
    leaves.forEach(added::put);
    append(0, size, added.flip());
    size += leaves.size();
  }

  private void append(int level, long before, ByteBuffer added) throws IOException {
    ByteBuffer above = ByteBuffer.allocate((added.remaining() / FULL + 1) * MerkleTree.HASH_LENGTH);
    long number = before / WIDTH;
    byte[] begun = before % WIDTH == 0 ? new byte[0] : read(level, number, (int) (before % WIDTH));
    while (added.hasRemaining()) {
      byte[] tile = Arrays.copyOf(begun, Math.min(FULL, begun.length + added.remaining()));
      added.get(tile, begun.length, tile.length - begun.length);
      write(level, number, tile);
      if (tile.length == FULL) {
        above.put(MerkleTree.complete(tile));
      }
      begun = new byte[0];
      number++;
    }
    if (above.flip().hasRemaining()) {
      append(level + 1, before / WIDTH, above);
    }
  }

  @Override
  public byte[] hash(int level, long index) {
    int within = level % HEIGHT;
    long first = index << within;
    int from = (int) (first % WIDTH);
    int to = from + (1 << within);
    byte[] tile;
    try {
      tile = read(level / HEIGHT, first / WIDTH, width(level / HEIGHT, first / WIDTH));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (tile.length < to * MerkleTree.HASH_LENGTH) {
      throw new LogDamagedException(
          path(level / HEIGHT, first / WIDTH)
              + " has "
              + tile.length
              + " bytes and must have at least "
              + to * MerkleTree.HASH_LENGTH);
    }
    return MerkleTree.complete(
        Arrays.copyOfRange(tile, from * MerkleTree.HASH_LENGTH, to * MerkleTree.HASH_LENGTH));
  }

  /** Returns how many hashes a tile has. */
  private int width(int level, long number) {
    long hashes = size >> (HEIGHT * level);
    return (int) Math.min(WIDTH, hashes - number * WIDTH);
  }

  /** Reads the first hashes of a tile, which may have been filled since. */
  byte[] read(int level, long number, int width) throws IOException {
    Path full = path(level, number);
    for (Path file : width < WIDTH ? List.of(partial(full, width), full) : List.of(full)) {
      try {
        byte[] tile = Files.readAllBytes(file);
        if (tile.length >= width * MerkleTree.HASH_LENGTH) {
          return Arrays.copyOf(tile, width * MerkleTree.HASH_LENGTH);
        }
        throw new LogDamagedException(
            file
                + " has "
                + tile.length
                + " bytes and must have "
                + width * MerkleTree.HASH_LENGTH);
      } catch (NoSuchFileException e) {
        // It may be full by now; if it is not, it is missing.
      }
    }
    throw new LogDamagedException(full + " is missing");
  }

  private void write(int level, long number, byte[] tile) throws IOException {
    Path full = path(level, number);
    Path file = tile.length == FULL ? full : partial(full, tile.length / MerkleTree.HASH_LENGTH);
    Path parent = parent(file);
    createDirectory(parent);
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(tile);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    flush(parent);
    if (file.equals(full)) {
      removePartial(full);
    }
  }

  /** Removes what a full tile has replaced; it is a beginning of it. */
  private static void removePartial(Path full) throws IOException {
    Path directory = parent(partial(full, 1));
    if (Files.isDirectory(directory)) {
      try (Stream<Path> tiles = Files.list(directory)) {
        for (Path tile : tiles.toList()) {
          Files.delete(tile);
        }
      }
      Files.delete(directory);
    }
  }

  private void createDirectory(Path created) throws IOException {
    if (Files.isDirectory(created)) {
      return;
    }
    Files.createDirectories(created);
    for (Path made = created; !made.equals(directory); made = parent(made)) {
      flush(parent(made));
    }
  }

  /** Returns the directory of a file or directory below this one. */
  private static Path parent(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  private static void flush(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  static Path partial(Path full, int width) {
    return full.resolveSibling(full.getFileName() + ".p").resolve(String.valueOf(width));
  }

  /** Returns the path of a full tile: three digits for each part of its number. */
  Path path(int level, long number) {
    String name = "%03d".formatted(number % 1000);
    for (long rest = number / 1000; rest > 0; rest /= 1000) {
      name = "x%03d/%s".formatted(rest % 1000, name);
    }
    return directory.resolve("tile").resolve(String.valueOf(level)).resolve(name);
  }
}
