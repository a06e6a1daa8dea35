package io.pgproof.backup.pages;

import io.pgproof.backup.format.Page;
import io.pgproof.backup.format.PageLayout;
import io.pgproof.backup.format.RelationFile;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Pages that were not sound when they were read. This need not be a fault of the backup: a page
 * that was written while the backup read it is torn, and recovery rewrites it because the WAL holds
 * the whole page. Such pages must therefore be read again after recovery.
 *
 * <p>Keeps one bit for each page of the files concerned, so that there may be any number of
 * suspects.
 */
public final class SuspectPages {
  /** Used when no page was judged. */
  public static final SuspectPages NONE = of(PageLayout.USUAL, List.of(), "files");

  private final PageLayout layout;
  private final String among;
  private final SortedMap<RelationFile, Blocks> files;

  /** Page numbers in the file, and the fault of the first of them. */
  private record Blocks(BitSet numbers, String wrong) {}

  /** Returns what is wrong with a page, or empty. */
  private interface Look {
    Optional<String> inspect(FileChannel channel, RelationFile file, int block) throws IOException;
  }

  private SuspectPages(PageLayout layout, String among, SortedMap<RelationFile, Blocks> files) {
    this.layout = layout;
    this.among = among;
    this.files = files;
  }

  /**
   * @param what word for the files in messages
   */
  static SuspectPages of(PageLayout layout, Collection<RelationPages> judged, String what) {
    SortedMap<RelationFile, Blocks> files = new TreeMap<>();
    for (RelationPages pages : judged) {
      if (!pages.suspects().isEmpty()) {
        files.put(pages.file(), new Blocks(pages.suspects(), "is invalid"));
      }
    }
    return new SuspectPages(
        layout,
        String.format(
            Locale.ROOT,
            "%,d pages in %,d %s",
            judged.stream().mapToLong(RelationPages::pages).sum(),
            judged.size(),
            what),
        files);
  }

  public boolean isEmpty() {
    return files.isEmpty();
  }

  /** Returns the names, below the data directory, of the files that hold suspects. */
  public Set<String> names() {
    return files.keySet().stream().map(RelationFile::name).collect(Collectors.toUnmodifiableSet());
  }

  public long count() {
    return files.values().stream().mapToLong(blocks -> blocks.numbers().cardinality()).sum();
  }

  /** Returns the number of suspects and of all pages, in one line for a report. */
  public String describe() {
    return String.format(Locale.ROOT, "%,d of %s were invalid when they were read", count(), among);
  }

  /** Returns the file of the first suspect; there must be one. */
  public RelationFile first() {
    return files.firstKey();
  }

  /** Returns the number of all pages read, for a report: {@code 12,345 pages in 987 files}. */
  public String pageCount() {
    return among;
  }

  /** Returns the suspects in some of the files. */
  public SuspectPages filter(Predicate<RelationFile> wanted) {
    SortedMap<RelationFile, Blocks> some = new TreeMap<>(files);
    some.keySet().removeIf(wanted.negate());
    return new SuspectPages(layout, among, some);
  }

  /**
   * Returns the suspects that still exist: a page disappears with its file or with the file's end.
   */
  public SuspectPages present(RestoredFiles restored) throws IOException, InterruptedException {
    return lookAtEach(
        restored,
        (channel, file, block) ->
            channel.size() > offset(block) ? Optional.of("is invalid") : Optional.empty());
  }

  /** Returns the suspects that still exist and are still not sound. */
  public SuspectPages failing(RestoredFiles restored) throws IOException, InterruptedException {
    Page page = new Page(layout.blockSize());
    ByteBuffer bytes = ByteBuffer.allocate(layout.blockSize());
    return lookAtEach(
        restored,
        (channel, file, block) -> {
          bytes.clear();
          while (bytes.hasRemaining()
              && channel.read(bytes, offset(block) + bytes.position()) > 0) {}
          return findFault(bytes.flip(), page, layout.block(file, block));
        });
  }

  private Optional<String> findFault(ByteBuffer bytes, Page page, int block) {
    if (bytes.remaining() < layout.blockSize()) {
      String cut = "ends after " + bytes.remaining() + " of " + layout.blockSize() + " bytes";
      return RelationPages.isZero(bytes) ? Optional.empty() : Optional.of(cut);
    }
    page.load(bytes);
    if (page.isSound(block)) {
      return Optional.empty();
    }
    return Optional.of(
        page.isNew()
            ? "is marked as new but is not empty"
            : String.format(
                "has the checksum %04X, but its content has the checksum %04X",
                page.storedChecksum(), page.checksum(block)));
  }

  private SuspectPages lookAtEach(RestoredFiles restored, Look look)
      throws IOException, InterruptedException {
    SortedMap<RelationFile, Blocks> found = new TreeMap<>();
    for (Map.Entry<RelationFile, Blocks> each : files.entrySet()) {
      Optional<FileChannel> open = restored.open(each.getKey());
      if (open.isEmpty()) {
        continue;
      }
      try (FileChannel channel = open.get()) {
        BitSet numbers = new BitSet();
        String first = null;
        for (int block : each.getValue().numbers().stream().toArray()) {
          Optional<String> wrong = look.inspect(channel, each.getKey(), block);
          if (wrong.isPresent()) {
            numbers.set(block);
            first = first == null ? wrong.get() : first;
          }
        }
        if (first != null) {
          found.put(each.getKey(), new Blocks(numbers, first));
        }
      } catch (ClosedByInterruptException e) {
        throw new InterruptedException();
      }
    }
    return new SuspectPages(layout, among, found);
  }

  private long offset(int block) {
    return (long) block * layout.blockSize();
  }

  /**
   * Names the first suspect and counts the others.
   *
   * @param reason why a sound backup has no such pages, or why that cannot be decided
   * @param relation the relation that the first file belongs to, shown in brackets; empty when
   *     unknown
   */
  public Finding finding(Reason reason, String relation) {
    Map.Entry<RelationFile, Blocks> first = files.entrySet().iterator().next();
    Blocks blocks = first.getValue();
    long others = count() - 1;
    return Finding.of(
        reason,
        "block "
            + blocks.numbers().nextSetBit(0)
            + " of "
            + first.getKey().name()
            + (relation.isEmpty() ? "" : " (" + relation + ")")
            + " "
            + blocks.wrong()
            + (others == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    "; %,d more page%s fail%s",
                    others,
                    others == 1 ? "" : "s",
                    others == 1 ? "s" : "")));
  }
}
