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
 * Judges the pages of all relations as they are read; safe for several threads.
 *
 * <p>Only {@code global/pg_control} states the page size and whether pages carry checksums, and it
 * comes last. Pages are therefore judged as if they had the usual size and a checksum; {@link
 * #settle} decides whether those results count.
 */
public final class PageCheck {
  /**
   * Limit for suspect pages that were not changed since the backup began; with more, the check
   * fails without waiting for recovery. A few such pages may be torn, with an old beginning and a
   * new end, and recovery rewrites those; this many are damaged.
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

  /**
   * Returns an object that receives the bytes of the file with this name; empty for a file without
   * pages.
   */
  public Optional<RelationPages> of(String name) {
    return RelationFile.of(name).map(file -> new RelationPages(file, PageLayout.USUAL, start));
  }

  /** Records the results for one file. */
  public synchronized void addPages(RelationPages pages) {
    pages.end();
    judged.add(pages);
  }

  /**
   * Settles the results of all files; reads the files again if their layout is not the assumed one.
   *
   * @param control of a cluster with checksums
   * @param files all files, while no server works on them
   * @return the pages that recovery must rewrite
   * @throws FindingException {@code page-checksum} when recovery cannot rewrite them
   */
  public SuspectPages settle(ControlFile control, RestoredFiles files)
      throws IOException, InterruptedException {
    PageLayout layout = PageLayout.of(control);
    return recheck(
        layout,
        layout.equals(PageLayout.USUAL)
            ? judged
            : read(judged.stream().map(RelationPages::file).toList(), layout, files, start),
        "files",
        files);
  }

  private static SuspectPages recheck(
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
          suspects.filter(file -> !file.map()).failing(files).finding(Reason.PAGE_CHECKSUM, ""));
    }
    return suspects;
  }

  /**
   * Judges the pages of a data directory that was combined from a chain.
   *
   * @param control of a cluster with checksums
   * @param files all files, while no server works on them
   * @param start of the backup
   * @return the same as {@link #settle}
   */
  public static SuspectPages check(ControlFile control, RestoredFiles files, Lsn start)
      throws IOException, InterruptedException {
    PageLayout layout = PageLayout.of(control);
    return recheck(layout, read(files.relations(), layout, files, start), "combined files", files);
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
