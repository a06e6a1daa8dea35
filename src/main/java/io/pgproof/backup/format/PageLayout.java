package io.pgproof.backup.format;

/**
 * The page and segment sizes that a server was built with.
 *
 * @param blockSize bytes of a page
 * @param segmentBlocks pages in one file of a relation; further pages go to the next file
 */
public record PageLayout(int blockSize, int segmentBlocks) {
  /** Layout of all known packages; any other has to be built from source. */
  public static final PageLayout USUAL = new PageLayout(8192, 131_072);

  public static PageLayout of(ControlFile control) {
    return new PageLayout(control.blockSize(), control.segmentBlocks());
  }

  /** Converts a page's number in its file to its number in the relation, unsigned. */
  public int block(RelationFile file, int block) {
    return file.segment() * segmentBlocks + block;
  }
}
