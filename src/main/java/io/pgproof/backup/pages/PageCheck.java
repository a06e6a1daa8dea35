package io.pgproof.backup.pages;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges the pages of all relations as they pass; safe for several threads.
 *
 * <p>How long a page is and whether it carries a checksum is known from {@code global/pg_control}
 * alone, which comes last: pages are judged as if they had the usual size and a checksum, and
 * {@link #settle} tells what that was worth.
 */
public final class PageCheck {
  /**
   * With more of them that were not changed since the backup began, recovery is not waited for. Few
   * such pages may be torn, their beginning old and their end new, and are then written anew; so
   * many are damaged.
   */
  private static final int MOST_OLDER_SUSPECTS = 4096;

  private static final int AT_ONCE = 512 * 1024;

  private final Lsn start;
  private final List<RelationPages> judged = new ArrayList<>();

  /**
   * @param start of the backup
   */
  public PageCheck(Lsn start) {
    this.start = start;
  }

  /** What hears the bytes of the file with this name; empty for one without pages. */
  public Optional<RelationPages> of(String name) {
    return RelationFile.of(name).map(file -> new RelationPages(file, PageLayout.USUAL, start));
  }

  /** Takes what was heard of a file. */
  public synchronized void take(RelationPages pages) {
    pages.end();
    judged.add(pages);
  }

  /**
   * Reads the files once more where their layout is another than was supposed.
   *
   * @param control of a cluster with checksums
   * @param files all of them, with no server at work on them
   * @return the pages that recovery must write anew
   * @throws FindingException {@code page-checksum} when it cannot
   */
  public SuspectPages settle(ControlFile control, RestoredFiles files)
      throws IOException, InterruptedException {
    PageLayout layout = PageLayout.of(control);
    return settled(
        layout,
        layout.equals(PageLayout.USUAL)
            ? judged
            : read(judged.stream().map(RelationPages::file).toList(), layout, files, start),
        "files",
        files);
  }

  private static SuspectPages settled(
      PageLayout layout, List<RelationPages> all, String what, RestoredFiles files)
      throws IOException, InterruptedException {
    SuspectPages suspects = SuspectPages.of(layout, all, what);
    int older =
        all.stream()
            .filter(pages -> !pages.file().map())
            .mapToInt(RelationPages::olderSuspects)
            .sum();
    if (older > MOST_OLDER_SUSPECTS) {
      throw new FindingException(
          suspects.in(file -> !file.map()).failing(files).finding(Reason.PAGE_CHECKSUM, ""));
    }
    return suspects;
  }

  /**
   * Judges the pages of a data directory that a chain was combined to.
   *
   * @param control of a cluster with checksums
   * @param files all of them, with no server at work on them
   * @param start of the backup
   * @return as {@link #settle}
   */
  public static SuspectPages look(ControlFile control, RestoredFiles files, Lsn start)
      throws IOException, InterruptedException {
    PageLayout layout = PageLayout.of(control);
    return settled(layout, read(files.relations(), layout, files, start), "combined files", files);
  }

  private static List<RelationPages> read(
      List<RelationFile> relations, PageLayout layout, RestoredFiles files, Lsn start)
      throws IOException, InterruptedException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(AT_ONCE);
    List<RelationPages> all = new ArrayList<>();
    for (RelationFile relation : relations) {
      RelationPages pages = new RelationPages(relation, layout, start);
      try (FileChannel channel = files.open(relation).orElseThrow()) {
        while (channel.read(bytes.clear()) >= 0) {
          pages.update(bytes.flip());
        }
      } catch (ClosedByInterruptException e) {
        throw new InterruptedException();
      }
      pages.end();
      all.add(pages);
    }
    return all;
  }
}
