package io.pgproof.backup.pages;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Page;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** Judges the pages of one file as its bytes pass, in whatever pieces; used by one thread. */
public final class RelationPages {
  private static final BitSet NONE = new BitSet();

  private final RelationFile file;
  private final PageLayout layout;
  private final Lsn start;
  private Page page;
  private ByteBuffer cut;
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

  /** Hears the next bytes of the file. */
  public void update(ByteBuffer piece) {
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
   * Hears that the file is at its end. A page that is cut there is no page to PostgreSQL, so that
   * zeros are nothing: a file that was growing as it was read. Anything else must be written anew
   * by recovery.
   */
  void end() {
    cut.flip();
    if (!isZero(cut)) {
      suspects.set(pages);
    }
    // There may be a hundred thousand files, and what was heard of each is kept.
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

  /** How many whole pages it has. */
  int pages() {
    return pages;
  }

  /** By their numbers in the file. */
  BitSet suspects() {
    return suspects;
  }

  /**
   * How many of the whole ones were not changed since the backup began, as far as their own word
   * goes.
   */
  int olderSuspects() {
    return olderSuspects;
  }
}
