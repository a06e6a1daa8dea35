package io.pgproof.backup.pages;

import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Says how fast pages are judged: {@code java -cp target/classes:target/test-classes
 * io.pgproof.backup.pages.PageSpeed}.
 */
final class PageSpeed {
  private static final int ROUNDS = 8;
  private static final int WINDOWS = 4000;

  private PageSpeed() {}

  public static void main(String[] arguments) {
    byte[] random = new byte[TarReader.WINDOW];
    new Random(1).nextBytes(random);
    ByteBuffer window = ByteBuffer.allocateDirect(random.length).put(random).flip();
    for (int piece : new int[] {random.length, 5120}) {
      for (int round = 1; round <= ROUNDS; round++) {
        RelationPages pages =
            new RelationPages(
                RelationFile.of("base/5/16384").orElseThrow(), PageLayout.USUAL, new Lsn(0));
        long began = System.nanoTime();
        for (int i = 0; i < WINDOWS; i++) {
          for (int from = 0; from < random.length; from += piece) {
            pages.update(
                window.duplicate().position(from).limit(Math.min(from + piece, random.length)));
          }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
            "pieces of %,d bytes, round %d: %.2f GB/s, %,d pages, %,d suspects%n",
            piece,
            round,
            (double) WINDOWS * random.length / seconds / 1e9,
            pages.pages(),
            pages.suspects().cardinality());
      }
    }
  }
}
