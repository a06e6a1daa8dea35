package io.pgproof.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TilesTest {
  private static final int MANY = 70_000;

  @TempDir private Path directory;

  private static List<byte[]> leaves(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> MerkleTree.leaf(ByteBuffer.allocate(4).putInt(i).array()))
        .toList();
  }

  /** The tree by its definition, in memory. */
  private static MerkleTree inMemory(List<byte[]> leaves) {
    return new MerkleTree(
        (level, index) -> {
          byte[] all = new byte[MerkleTree.HASH_LENGTH << level];
          for (int i = 0; i < 1 << level; i++) {
            System.arraycopy(
                leaves.get((int) (index << level) + i),
                0,
                all,
                i * MerkleTree.HASH_LENGTH,
                MerkleTree.HASH_LENGTH);
          }
          return MerkleTree.complete(all);
        },
        leaves.size());
  }

  @Test
  void theTreeOfTheTilesIsTheSameHoweverTheLeavesCame() throws Exception {
    Tiles tiles = new Tiles(directory, 0);
    Random random = new Random(7);
    while (tiles.size() < MANY) {
      int before = (int) tiles.size();
      int after =
          Math.min(MANY, before + 1 + random.nextInt(random.nextInt(20) == 0 ? 9_000 : 300));
      tiles.append(leaves(before, after));
      tiles = new Tiles(directory, after);
      if (random.nextInt(60) == 0 || after == MANY) {
        List<byte[]> all = leaves(0, after);
        assertThat(tiles.tree().root()).as("%d leaves", after).isEqualTo(inMemory(all).root());
        int index = random.nextInt(after);
        assertThat(
                MerkleTree.isIncluded(
                    all.get(index),
                    index,
                    after,
                    tiles.tree().root(),
                    tiles.tree().inclusion(index)))
            .as("leaf %d of %d", index, after)
            .isTrue();
      }
    }
    int before = 1 + random.nextInt(MANY);
    assertThat(
            MerkleTree.isBeginning(
                before,
                inMemory(leaves(0, before)).root(),
                MANY,
                tiles.tree().root(),
                tiles.tree().consistency(before)))
        .as("%d leaves in %d", before, MANY)
        .isTrue();
  }

  /** The example of c2sp.org/tlog-tiles. */
  @Test
  void theTilesAreThoseOfTheSpecification() throws Exception {
    new Tiles(directory, 0).append(leaves(0, MANY));
    List<String> level0 = new ArrayList<>(files("tile/0"));
    assertThat(level0.remove(level0.size() - 1)).isEqualTo("273.p/112");
    assertThat(level0).hasSize(273).startsWith("000", "001").endsWith("272");
    assertThat(files("tile/1")).containsExactly("000", "001.p/17");
    assertThat(files("tile/2")).containsExactly("000.p/1");
    assertThat(Files.size(directory.resolve("tile/0/272"))).isEqualTo(256 * 32);
    assertThat(Files.size(directory.resolve("tile/0/273.p/112"))).isEqualTo(112 * 32);
    assertThat(new Tiles(directory, 0).path(5, 1_234_067))
        .isEqualTo(directory.resolve("tile/5/x001/x234/067"));
  }

  private List<String> files(String below) throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve(below))) {
      return all.filter(Files::isRegularFile)
          .map(file -> directory.resolve(below).relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void whatWasWrittenBehindTheLastCheckpointCountsForNothing() throws Exception {
    new Tiles(directory, 0).append(leaves(0, 300));
    new Tiles(directory, 300).append(leaves(1_000, 2_000));
    Tiles tiles = new Tiles(directory, 300);
    assertThat(tiles.tree().root()).isEqualTo(inMemory(leaves(0, 300)).root());
    tiles.append(leaves(300, 1_400));
    assertThat(tiles.tree().root()).isEqualTo(inMemory(leaves(0, 1_400)).root());
  }

  @Test
  void aTileThatIsMissingOrTooShortIsNamed() throws Exception {
    Tiles tiles = new Tiles(directory, 0);
    tiles.append(leaves(0, 600));
    Path last = directory.resolve("tile/0/002.p/88");
    byte[] whole = Files.readAllBytes(last);
    Files.write(last, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> tiles.tree().root())
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining(last + " has 2815 bytes and must have 2816");
    Files.delete(last);
    assertThatThrownBy(() -> tiles.tree().root())
        .isInstanceOf(LogDamagedException.class)
        .hasMessage(directory.resolve("tile/0/002") + " is missing");
  }

  @Test
  void aFullTileReplacesThoseThatWereNotFull() throws Exception {
    Tiles tiles = new Tiles(directory, 0);
    for (int size = 0; size < 600; size += 20) {
      tiles.append(leaves(size, size + 20));
    }
    assertThat(directory.resolve("tile/0/000")).exists();
    assertThat(directory.resolve("tile/0/000.p")).doesNotExist();
    assertThat(directory.resolve("tile/0/002.p/88")).exists();
    assertThat(new Tiles(directory, 40).tree().root()).isEqualTo(inMemory(leaves(0, 40)).root());
  }
}
