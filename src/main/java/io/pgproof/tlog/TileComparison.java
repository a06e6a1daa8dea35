package io.pgproof.tlog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Compares the tiles on disk with the leaves of the tree that they should hold. */
public final class TileComparison {
  private final Tiles tiles;
  private final Consumer<String> problems;
  private final List<Level> levels = new ArrayList<>();

  /**
   * @param size number of leaves that will be added
   * @param problems gets what is wrong, in words for a person
   */
  public TileComparison(Path directory, long size, Consumer<String> problems) {
    this.tiles = new Tiles(directory, size);
    this.problems = problems;
  }

  private static final class Level {
    private final byte[] hashes = new byte[Tiles.FULL];
    private int width;
    private long number;
  }

  /** Adds the hash of the next entry. */
  public void add(byte[] leaf) throws IOException {
    add(0, leaf);
  }

  private void add(int level, byte[] hash) throws IOException {
    if (level == levels.size()) {
      levels.add(new Level());
    }
    Level tile = levels.get(level);
    System.arraycopy(
        hash, 0, tile.hashes, tile.width * MerkleTree.HASH_LENGTH, MerkleTree.HASH_LENGTH);
    tile.width++;
    if (tile.width == Tiles.WIDTH) {
      compare(level, tile);
      tile.width = 0;
      tile.number++;
      add(level + 1, MerkleTree.complete(tile.hashes));
    }
  }

  /** Compares the tiles that are not full, after all leaves were added. */
  public void end() throws IOException {
    for (int level = 0; level < levels.size(); level++) {
      if (levels.get(level).width > 0) {
        compare(level, levels.get(level));
      }
    }
  }

  private void compare(int level, Level expected) throws IOException {
    byte[] tile;
    try {
      tile = tiles.read(level, expected.number, expected.width);
    } catch (LogDamagedException e) {
      problems.accept(String.valueOf(e.getMessage()));
      return;
    }
    int differs =
        Arrays.mismatch(
            tile, 0, tile.length, expected.hashes, 0, expected.width * MerkleTree.HASH_LENGTH);
    if (differs >= 0) {
      int hash = differs / MerkleTree.HASH_LENGTH;
      Path full = tiles.path(level, expected.number);
      problems.accept(
          (expected.width < Tiles.WIDTH ? Tiles.partial(full, expected.width) : full)
              + (level == 0
                  ? " has another leaf than the database at position "
                      + (expected.number * Tiles.WIDTH + hash)
                  : " does not fit the tiles below it: hash " + hash));
    }
  }
}
