package io.pgproof.backup.format;

/**
 * How a server was built to lay out relations.
 *
 * @param blockSize bytes of a page
 * @param segmentBlocks pages of a relation's file; what is more goes to the next file
 */
public record PageLayout(int blockSize, int segmentBlocks) {
  /** Of all packages that are known; another one has to be built from source. */
  public static final PageLayout USUAL = new PageLayout(8192, 131_072);

  public static PageLayout of(ControlFile control) {
    return new PageLayout(control.blockSize(), control.segmentBlocks());
  }

  /** The number in its relation, unsigned, of a page that is known by its number in the file. */
  public int block(RelationFile file, int block) {
    return file.segment() * segmentBlocks + block;
  }
}
