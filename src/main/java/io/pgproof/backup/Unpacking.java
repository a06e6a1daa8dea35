package io.pgproof.backup;

import io.pgproof.backup.Manifest.Entry;
import io.pgproof.backup.TarMembers.Member;
import io.pgproof.backup.TarMembers.Type;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.ArchiveFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;

/**
 * One archive on its way into the data directory: read, hashed, decoded, checked and written in a single pass.
 *
 * @param archive {@code .tar} or {@code .tar.gz}
 * @param prefix put before each name: empty, or {@code pg_wal/}
 * @param manifest what is compared; empty where there is none, or the archive holds WAL alone
 * @param pages judges the pages of relations
 * @param segments gets the first bytes and the size of each WAL segment by its file name
 * @param read hears how many more bytes of the archive were read
 */
record Unpacking(
    Path archive,
    String prefix,
    DataDirectory directory,
    Optional<ManifestCheck> manifest,
    PageCheck pages,
    ByteBudget budget,
    Map<String, WalAtHand.Segment> segments,
    LongConsumer read)
    implements Callable<ArchiveFacts> {
  static final String WAL_DIRECTORY = "pg_wal/";
  private static final String TABLESPACES = "pg_tblspc/";

  /** Decodes as the file's name says. */
  static ByteSource open(Path archive, LongConsumer read) throws InterruptedException {
    return decoded(new RawArchive(archive, read));
  }

  private static ByteSource decoded(RawArchive raw) {
    return raw.name().endsWith(".gz") ? new GzipMembers(raw) : raw;
  }

  @Override
  public ArchiveFacts call() throws IOException, InterruptedException {
    IdlePriority.askFor();
    RawArchive raw = new RawArchive(archive, read);
    try (TarMembers members = new TarMembers(decoded(raw))) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        take(next.get(), members);
      }
      manifest.ifPresent(ManifestCheck::finish);
      return new ArchiveFacts(raw.name(), raw.position(), raw.sha256());
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    }
  }

  private void take(Member member, TarMembers members) throws IOException, InterruptedException {
    String name = prefix + member.name();
    if (member.type() == Type.OTHER) {
      throw unsafe(member, "it is neither a file nor a directory");
    }
    Names.objection(member.name()).ifPresent(objection -> {
      throw unsafe(member, objection);
    });
    switch (member.type()) {
      case DIRECTORY -> {
        budgetFor(name, 0);
        directory.directory(name, source());
      }
      case FILE -> write(name, member, members);
      default -> {
        if (name.startsWith(TABLESPACES)) {
          throw new FindingException(
              Reason.BACKUP_INCOMPLETE,
              source() + " names the tablespace " + Names.shown(name.substring(TABLESPACES.length()))
                  + ", and the archive of that tablespace is not there");
        }
        throw unsafe(member, "it is a symbolic link");
      }
    }
  }

  private void write(String name, Member member, TarMembers members) throws IOException, InterruptedException {
    Entry entry = null;
    if (manifest.isPresent() && !ManifestCheck.isNotCompared(name)) {
      entry = manifest.get().expect(name, member.size());
    } else {
      budgetFor(name, member.size());
    }
    FileChecksum.Sum sum = entry == null ? FileChecksum.NONE.start() : entry.algorithm().start();
    Optional<RelationPages> relation = pages.of(name);
    ByteBuffer head = head(name);
    try (FileChannel file = directory.file(name, source())) {
      members.content(piece -> {
        keep(piece.duplicate(), head);
        sum.update(piece.duplicate());
        relation.ifPresent(judged -> judged.update(piece.duplicate()));
        write(file, piece, name);
      });
    }
    relation.ifPresent(pages::take);
    if (entry != null) {
      manifest.get().written(name, entry, sum.result());
    }
    if (head.capacity() > 0) {
      segments.put(
          name.substring(WAL_DIRECTORY.length()), new WalAtHand.Segment(member.size(), WalPage.parse(head.array())));
    }
  }

  private void write(FileChannel file, ByteBuffer piece, String name) throws IOException {
    int bytes = piece.remaining();
    try {
      while (piece.hasRemaining()) {
        file.write(piece);
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw directory.failed(directory.path(name), e);
    }
    directory.written(bytes);
  }

  private void budgetFor(String name, long size) {
    budget.spend(size, name, source());
  }

  /** Room for a WAL segment's first header; none for any other file. */
  private static ByteBuffer head(String name) {
    boolean isSegment = name.startsWith(WAL_DIRECTORY) && WalSegment.isName(name.substring(WAL_DIRECTORY.length()));
    return ByteBuffer.allocate(isSegment ? WalPage.HEADER : 0);
  }

  private static void keep(ByteBuffer piece, ByteBuffer head) {
    if (head.hasRemaining()) {
      head.put(piece.limit(piece.position() + Math.min(piece.remaining(), head.remaining())));
    }
  }

  private String source() {
    return archive.getFileName().toString();
  }

  private FindingException unsafe(Member member, String why) {
    return new FindingException(
        Reason.UNSAFE_ARCHIVE, source() + " holds a member " + Names.shown(member.name()) + " that must not be unpacked: " + why);
  }
}
