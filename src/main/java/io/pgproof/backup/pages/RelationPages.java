package io.pgproof.backup.pages;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Page;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges the pages of one file while its bytes arrive in pieces of any size; used by one thread.
 */
public final class RelationPages {
  private static final BitSet NONE = new BitSet();
  private static final String ENDED = "the file has ended";

  private final RelationFile file;
  private final PageLayout layout;
  private final Lsn start;
  private @Nullable Page page;
  private @Nullable ByteBuffer cut;
  private BitSet suspects = new BitSet();
  private int pages;
  private int olderSuspects;

  /**
   * @param start of the backup
   */
  RelationPages(RelationFile file, PageLayout layout, Lsn start) {
    this.file = file;
    this.layout = layout;
    this.start = start;
    this.page = new Page(layout.blockSize());
    this.cut = ByteBuffer.allocate(layout.blockSize());
  }

  /** Receives the next bytes of the file. */
  public void update(ByteBuffer piece) {
    ByteBuffer cut = Objects.requireNonNull(this.cut, ENDED);
    while (piece.hasRemaining()) {
      if (cut.position() == 0 && piece.remaining() >= layout.blockSize()) {
        judge(piece);
      } else {
        int more = Math.min(piece.remaining(), cut.remaining());
        cut.put(piece.duplicate().limit(piece.position() + more));
        piece.position(piece.position() + more);
        if (!cut.hasRemaining()) {
          judge(cut.flip());
          cut.clear();
        }
      }
    }
  }

  private void judge(ByteBuffer bytes) {
    Page page = Objects.requireNonNull(this.page, ENDED);
    page.load(bytes);
    if (!page.isSound(layout.block(file, pages))) {
      suspects.set(pages);
      if (page.lsn().compareTo(start) < 0) {
        olderSuspects++;
      }
    }
    pages++;
  }

  /**
   * Ends the file. To PostgreSQL, a page that is cut off at the end of a file is not a page. If its
   * bytes are zeros, it counts for nothing, because the file was growing while it was read;
   * otherwise recovery must rewrite it.
   */
  void end() {
    if (!isZero(Objects.requireNonNull(cut, ENDED).flip())) {
      suspects.set(pages);
    }
    // There may be a hundred thousand files, and the results of each are kept.
    cut = null;
    page = null;
    suspects = suspects.isEmpty() ? NONE : suspects;
  }

  static boolean isZero(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  RelationFile file() {
    return file;
  }

  /** Returns the number of whole pages. */
  int pages() {
    return pages;
  }

  /** Returns the suspect pages by their numbers in the file. */
  BitSet suspects() {
    return suspects;
  }

  /**
   * Returns how many whole suspect pages were not changed since the backup began, according to
   * their own LSN.
   */
  int olderSuspects() {
    return olderSuspects;
  }
}
