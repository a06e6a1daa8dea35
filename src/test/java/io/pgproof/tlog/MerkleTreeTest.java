package io.pgproof.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MerkleTreeTest {
  private static final int SIZES = 70;

  /** The entries with which implementations of RFC 6962 are compared. */
  private static final List<String> KNOWN =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private final List<byte[]> leaves = new ArrayList<>();

  /** By the definition, in memory. */
  private byte[] definition(int from, int to) {
    if (to - from == 1) {
      return leaves.get(from);
    }
    int middle = from + Integer.highestOneBit(to - from - 1);
    return MerkleTree.node(definition(from, middle), definition(middle, to));
  }

  private MerkleTree tree(int size) {
    return new MerkleTree(
        (level, index) -> definition((int) index << level, (int) (index + 1) << level), size);
  }

  private void grow(int size) {
    for (int i = leaves.size(); i < size; i++) {
      leaves.add(MerkleTree.leaf(ByteBuffer.allocate(4).putInt(i).array()));
    }
  }

  @Test
  void theEmptyTreeHasTheHashOfNothing() {
    assertThat(HexFormat.of().formatHex(tree(0).root()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "2, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "3, aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "4, d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "5, 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "6, 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "7, ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "8, 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
  })
  void rootsAreThoseOfOtherImplementations(int size, String root) {
    KNOWN.forEach(entry -> leaves.add(MerkleTree.leaf(HexFormat.of().parseHex(entry))));
    assertThat(HexFormat.of().formatHex(tree(size).root())).isEqualTo(root);
  }

  @Test
  void eachLeafOfEachTreeIsProvenToBeInIt() {
    grow(SIZES);
    for (int size = 1; size <= SIZES; size++) {
      byte[] root = tree(size).root();
      for (int index = 0; index < size; index++) {
        List<byte[]> proof = tree(size).inclusion(index);
        assertThat(MerkleTree.isIncluded(leaves.get(index), index, size, root, proof))
            .as("leaf %d of %d", index, size)
            .isTrue();
        for (int other = 0; other <= SIZES; other++) {
          if (other != index) {
            assertThat(MerkleTree.isIncluded(leaves.get(index), other, size, root, proof))
                .as("leaf %d of %d at %d", index, size, other)
                .isFalse();
          }
        }
      }
    }
  }

  @Test
  void aChangedProofOfALeafShowsNothing() {
    grow(SIZES);
    byte[] root = tree(SIZES).root();
    for (int index = 0; index < SIZES; index++) {
      List<byte[]> proof = tree(SIZES).inclusion(index);
      for (List<byte[]> changed : changes(proof)) {
        assertThat(MerkleTree.isIncluded(leaves.get(index), index, SIZES, root, changed))
            .as("leaf %d", index)
            .isFalse();
      }
      assertThat(MerkleTree.isIncluded(leaves.get((index + 1) % SIZES), index, SIZES, root, proof))
          .isFalse();
      assertThat(MerkleTree.isIncluded(leaves.get(index), index, SIZES, leaves.get(0), proof))
          .isFalse();
    }
  }

  @Test
  void eachTreeIsProvenToBeginWithEachSmallerOne() {
    grow(SIZES);
    for (int size = 1; size <= SIZES; size++) {
      byte[] root = tree(size).root();
      for (int before = 1; before <= size; before++) {
        byte[] small = tree(before).root();
        List<byte[]> proof = tree(size).consistency(before);
        assertThat(MerkleTree.isBeginning(before, small, size, root, proof))
            .as("%d in %d", before, size)
            .isTrue();
        assertThat(MerkleTree.isBeginning(before, leaves.get(1), size, root, proof))
            .as("another tree of %d in %d", before, size)
            .isFalse();
        assertThat(MerkleTree.isBeginning(before, small, size, leaves.get(1), proof))
            .as("%d in another tree of %d", before, size)
            .isFalse();
        if (before < size) {
          for (List<byte[]> changed : changes(proof)) {
            assertThat(MerkleTree.isBeginning(before, small, size, root, changed))
                .as("%d in %d, with a changed proof", before, size)
                .isFalse();
          }
        }
      }
    }
  }

  @Test
  void theEmptyTreeIsTheBeginningOfEachTree() {
    grow(3);
    byte[] empty = tree(0).root();
    assertThat(MerkleTree.isBeginning(0, empty, 3, tree(3).root(), List.of())).isTrue();
    assertThat(MerkleTree.isBeginning(0, leaves.get(0), 3, tree(3).root(), List.of())).isFalse();
    assertThat(MerkleTree.isBeginning(4, empty, 3, tree(3).root(), List.of())).isFalse();
    assertThat(MerkleTree.isBeginning(-1, empty, 3, tree(3).root(), List.of())).isFalse();
  }

  @Test
  void noProofIsMadeOfWhatIsNotInTheTree() {
    grow(3);
    assertThatThrownBy(() -> tree(3).inclusion(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tree(3).consistency(4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree(3).consistency(0)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Each hash with one bit turned, left out, and given twice; and one hash more. */
  private static List<List<byte[]>> changes(List<byte[]> proof) {
    List<List<byte[]>> changes = new ArrayList<>();
    for (int i = 0; i < proof.size(); i++) {
      byte[] turned = proof.get(i).clone();
      turned[i % turned.length] ^= 1;
      List<byte[]> other = new ArrayList<>(proof);
      other.set(i, turned);
      changes.add(other);
      List<byte[]> shorter = new ArrayList<>(proof);
      shorter.remove(i);
      changes.add(shorter);
      List<byte[]> longer = new ArrayList<>(proof);
      longer.add(i, proof.get(i));
      changes.add(longer);
    }
    return changes;
  }
}
