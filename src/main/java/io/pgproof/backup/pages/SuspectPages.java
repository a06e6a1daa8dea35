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
 * Pages that were not sound as they were read, which need not be the backup's fault: a page that
 * was written just as the backup read it is torn, and recovery writes it anew, for the WAL holds it
 * whole. So they are to be read again after recovery.
 *
 * <p>One bit for each page of the files concerned, so that there may be any number of them.
 */
public final class SuspectPages {
  /** Where no page was judged. */
  public static final SuspectPages NONE = of(PageLayout.USUAL, List.of(), "files");

  private final PageLayout layout;
  private final String among;
  private final SortedMap<RelationFile, Blocks> files;

  /** Numbers in the file, and what is wrong with the first of them. */
  private record Blocks(BitSet numbers, String wrong) {}

  /** Says what is wrong with a page, or nothing. */
  private interface Look {
    Optional<String> at(FileChannel channel, RelationFile file, int block) throws IOException;
  }

  private SuspectPages(PageLayout layout, String among, SortedMap<RelationFile, Blocks> files) {
    this.layout = layout;
    this.among = among;
    this.files = files;
  }

  /**
   * @param what the files are to a person
   */
  static SuspectPages of(PageLayout layout, Collection<RelationPages> judged, String what) {
    SortedMap<RelationFile, Blocks> files = new TreeMap<>();
    for (RelationPages pages : judged) {
      if (!pages.suspects().isEmpty()) {
        files.put(pages.file(), new Blocks(pages.suspects(), "is not sound"));
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

  /** Names below the data directory of the files that they are in. */
  public Set<String> names() {
    return files.keySet().stream().map(RelationFile::name).collect(Collectors.toUnmodifiableSet());
  }

  public long count() {
    return files.values().stream().mapToLong(blocks -> blocks.numbers().cardinality()).sum();
  }

  /** How many they are among how many, one line for a person. */
  public String tell() {
    return String.format(Locale.ROOT, "%,d of %s not sound as they were read", count(), among);
  }

  /** The file that the first of them is in; there must be one. */
  public RelationFile first() {
    return files.firstKey();
  }

  /** All pages that were read, for a person: {@code 12,345 pages in 987 files}. */
  public String among() {
    return among;
  }

  /** Those in some of the files. */
  public SuspectPages in(Predicate<RelationFile> wanted) {
    SortedMap<RelationFile, Blocks> some = new TreeMap<>(files);
    some.keySet().removeIf(wanted.negate());
    return new SuspectPages(layout, among, some);
  }

  /** Those that are still there: a page goes with its file, or with the file's end. */
  public SuspectPages present(RestoredFiles restored) throws IOException, InterruptedException {
    return lookAtEach(
        restored,
        (channel, file, block) ->
            channel.size() > offset(block) ? Optional.of("is not sound") : Optional.empty());
  }

  /** Those that are still there and not sound as they lie now. */
  public SuspectPages failing(RestoredFiles restored) throws IOException, InterruptedException {
    Page page = new Page(layout.blockSize());
    ByteBuffer bytes = ByteBuffer.allocate(layout.blockSize());
    return lookAtEach(
        restored,
        (channel, file, block) -> {
          bytes.clear();
          while (bytes.hasRemaining()
              && channel.read(bytes, offset(block) + bytes.position()) > 0) {
            continue;
          }
          return wrong(bytes.flip(), page, layout.block(file, block));
        });
  }

  private Optional<String> wrong(ByteBuffer bytes, Page page, int block) {
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
            ? "is marked as new and is not empty"
            : String.format(
                "carries the checksum %04X, and that of its content is %04X",
                page.carried(), page.checksum(block)));
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
          Optional<String> wrong = look.at(channel, each.getKey(), block);
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
   * Names the first of them and counts the others.
   *
   * @param reason why they are none of a sound backup, or why that cannot be told
   * @param relation what the first file belongs to, in brackets; empty where that is not known
   */
  public Finding finding(Reason reason, String relation) {
    RelationFile file = first();
    Blocks blocks = files.get(file);
    long others = count() - 1;
    return Finding.of(
        reason,
        "block "
            + blocks.numbers().nextSetBit(0)
            + " of "
            + file.name()
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
