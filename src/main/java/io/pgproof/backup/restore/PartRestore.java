package io.pgproof.backup.restore;

import io.pgproof.backup.archive.ByteSource;
import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.FileLayout;
import io.pgproof.backup.format.Manifest.Entry;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.pages.PageCheck;
import io.pgproof.backup.pages.RelationPages;
import io.pgproof.backup.source.ForeignFiles;
import io.pgproof.backup.source.Tablespaces;
import io.pgproof.backup.source.TreeMembers;
import io.pgproof.backup.source.TreeWalk;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.ArchiveFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;

/**
 * Restores one archive, or one thread's share of the trees, into the data directory in a single
 * pass: reads, hashes (an archive only), decodes, checks and writes it.
 *
 * @param source what is read
 * @param target where it is written
 * @param read receives the number of bytes of each read
 */
record PartRestore(Source source, Target target, LongConsumer read)
    implements Callable<Optional<ArchiveFacts>> {

  /** An archive or a share of the trees. */
  sealed interface Source {
    String name();

    /** Returns a member's name in the data directory. */
    String inDataDirectory(String member);
  }

  record OneArchive(BackupPart.Archive archive) implements Source {
    @Override
    public String name() {
      return archive.name();
    }

    @Override
    public String inDataDirectory(String member) {
      return archive.inDataDirectory(member);
    }
  }

  /**
   * @param walk shared by all threads, and closed by its creator
   */
  record ShareOfTrees(TreeWalk walk, String name) implements Source {
    @Override
    public String inDataDirectory(String member) {
      return member;
    }
  }

  /**
   * The destination of all parts of a backup; shared by all threads.
   *
   * @param manifest the comparison with the manifest; empty when there is none
   * @param pages judges the pages of relations; empty when they are not judged
   * @param elsewhere names of links that lead to separate parts
   * @param segments receives the first bytes and the size of each WAL segment, by file name
   * @param strangers receives names that are not data of PostgreSQL
   * @param notes receives facts that users should know but that are not faults, one sentence each
   * @param cut receives findings that explain why something is missing, if something is
   */
  record Target(
      DataDirectory directory,
      Tablespaces tablespaces,
      Optional<ManifestCheck> manifest,
      Optional<PageCheck> pages,
      Set<String> elsewhere,
      Map<String, AvailableWal.Segment> segments,
      ForeignFiles strangers,
      Collection<String> notes,
      Collection<FindingException> cut) {}

  @Override
  public Optional<ArchiveFacts> call() throws IOException, InterruptedException {
    IdlePriority.set();
    try {
      if (source instanceof OneArchive one) {
        return Optional.of(archive(one.archive()));
      }
      try (TreeMembers memberSource = new TreeMembers(((ShareOfTrees) source).walk(), read)) {
        restoreAll(memberSource);
      }
      return Optional.empty();
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    }
  }

  private ArchiveFacts archive(BackupPart.Archive archive)
      throws IOException, InterruptedException {
    RawArchive raw = new RawArchive(archive.path(), read);
    ByteSource decoded = raw.decoded();
    try (TarReader memberSource = new TarReader(decoded)) {
      try {
        restoreAll(memberSource);
      } catch (FindingException e) {
        if (e.finding().reason() == Reason.FORMAT_UNSUPPORTED) {
          // Damaged data can look like members of a strange form; the checksum at their end tells.
          memberSource.readToEnd();
        }
        throw e;
      }
      if (!memberSource.hasEndMark()) {
        requireIdentityElsewhere(memberSource);
      }
      if (raw.coding() != Compression.of(raw.name())) {
        target
            .notes()
            .add(raw.name() + " is not compressed as its name says: " + raw.coding().word());
      }
      decoded.note().ifPresent(target.notes()::add);
      return new ArchiveFacts(raw.name(), raw.position(), raw.sha256());
    }
  }

  /**
   * A tar that was cut between two members looks like one without an end mark; only the manifest
   * can distinguish them.
   */
  private void requireIdentityElsewhere(TarReader memberSource) {
    if (target.manifest().isEmpty()) {
      throw memberSource.truncated();
    }
    target.cut().add(memberSource.truncated());
    target
        .notes()
        .add(
            source.name()
                + " ends without the two blocks of zeros that end a tar; backup_manifest shows that no file is missing");
  }

  private void restoreAll(MemberSource memberSource) throws IOException, InterruptedException {
    for (Optional<Member> next = memberSource.next();
        next.isPresent();
        next = memberSource.next()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      restoreMember(next.get(), memberSource);
    }
  }

  private void restoreMember(Member member, MemberSource memberSource)
      throws IOException, InterruptedException {
    String name = source.inDataDirectory(member.name());
    boolean copied = source instanceof ShareOfTrees;
    if (member.type() == MemberSource.Type.DIRECTORY && member.name().isEmpty()) {
      return;
    }
    if (member.type() == MemberSource.Type.OTHER && (!copied || FileLayout.isData(name))) {
      throw unsafe(member, "it is neither a file nor a directory");
    }
    FileNames.objection(member.name())
        .ifPresent(
            objection -> {
              throw unsafe(member, objection);
            });
    if (!copied && target.strangers().isBehindLink(name)) {
      throw unsafe(member, "its path contains a symbolic link of the same archive");
    }
    switch (member.type()) {
      case DIRECTORY -> {
        target.directory().directory(name, source.name());
        if (target.elsewhere().contains(name) && isTablespace(name)) {
          target.tablespaces().addFound(name, source.name());
        }
      }
      case FILE -> write(name, member, memberSource);
      case HARD_LINK -> copy(name, member);
      case OTHER -> {
        target.strangers().neitherFileNorDirectory(name);
        target.directory().exclude(name);
      }
      case SYMBOLIC_LINK -> {
        if (isTablespace(name)
            && (!copied
                || TablespaceMap.OID
                    .matcher(name.substring(BackupPart.TABLESPACES.length()))
                    .matches())) {
          target.tablespaces().addFound(name, source.name());
        } else if (!target.elsewhere().contains(name)) {
          passLink(name, member, copied);
        }
      }
    }
  }

  /**
   * Passes over a symbolic link. In a cluster, links at the top of the data directory lead to a
   * key, a log or a configuration; below the top nobody needs one.
   */
  private void passLink(String name, Member member, boolean copied) throws IOException {
    if (!copied && name.indexOf('/') >= 0) {
      throw unsafe(member, "it is a symbolic link");
    }
    if (FileLayout.isData(name)) {
      throw new FindingException(
          new Finding(
              Reason.NOT_SELF_CONTAINED,
              source.name()
                  + " contains a symbolic link instead of "
                  + FileNames.shown(name)
                  + ", so these data are not in the backup",
              "copy the data directory with the targets of its links, such as with cp -aL, and verify the copy",
              null));
    }
    target.strangers().link(name);
    target.directory().exclude(name);
  }

  /** Restores a hard link as a second file, because no link is taken from an archive. */
  private void copy(String name, Member member) throws IOException, InterruptedException {
    FileNames.objection(member.link())
        .ifPresent(
            objection -> {
              throw unsafe(member, "it is a hard link whose target is not allowed: " + objection);
            });
    String other = source.inDataDirectory(member.link());
    boolean ofThisArchive =
        target.elsewhere().stream().noneMatch(part -> other.startsWith(part + "/"));
    Path file = target.directory().path(other);
    if (!ofThisArchive || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new FindingException(
          Reason.ARCHIVE_CORRUPT,
          source.name()
              + " is damaged: its member "
              + FileNames.shown(member.name())
              + " is a hard link to "
              + FileNames.shown(member.link())
              + ", which does not precede it");
    }
    try (WrittenFile written = new WrittenFile(file)) {
      write(name, new Member(member.name(), MemberSource.Type.FILE, Files.size(file)), written);
    }
  }

  private static boolean isTablespace(String name) {
    return name.startsWith(BackupPart.TABLESPACES);
  }

  private void write(String name, Member member, MemberSource memberSource)
      throws IOException, InterruptedException {
    Entry entry =
        target.manifest().flatMap(listed -> listed.expect(name, member.size())).orElse(null);
    if (entry == null && target.manifest().isPresent() && !ManifestCheck.isNotCompared(name)) {
      target.strangers().unlisted(name);
    }
    FileChecksum.Sum sum = entry == null ? FileChecksum.NONE.start() : entry.algorithm().start();
    Optional<RelationPages> relation = target.pages().flatMap(pages -> pages.of(name));
    ByteBuffer head = head(name);
    boolean inPlace = memberSource.inPlace();
    try (FileChannel file = inPlace ? null : target.directory().file(name, source.name())) {
      boolean shared = inPlace || memberSource.cloneTo(target.directory().path(name));
      if (!shared) {
        target.directory().require(name, member.size(), source.name());
      } else if (!inPlace) {
        target.directory().shared(member.size());
      }
      // Only the beginning of a WAL segment is needed here; recovery reads it all.
      if (!shared || head.hasRemaining() || !memberSource.leave()) {
        memberSource.copyContent(
            piece -> {
              bufferHead(piece.duplicate(), head);
              sum.update(piece.duplicate());
              relation.ifPresent(judged -> judged.update(piece.duplicate()));
              if (!shared) {
                write(file, piece, name);
              }
            });
      }
    }
    relation.ifPresent(judged -> target.pages().orElseThrow().addPages(judged));
    if (entry != null) {
      target.manifest().get().checkWritten(name, entry, sum.result());
    }
    if (head.capacity() > 0) {
      byte[] begin = new byte[head.capacity()];
      head.clear().get(begin);
      target
          .segments()
          .put(
              name.substring(BackupPart.WAL.length()),
              AvailableWal.Segment.of(member.size(), begin));
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
      throw target.directory().failed(target.directory().path(name), e);
    }
    target.directory().countWritten(bytes);
  }

  /** Returns a buffer for the first header of a WAL segment; an empty buffer for any other file. */
  private static ByteBuffer head(String name) {
    boolean isSegment =
        name.startsWith(BackupPart.WAL)
            && WalSegment.isName(name.substring(BackupPart.WAL.length()));
    return ByteBuffer.allocate(isSegment ? WalPage.HEADER : 0);
  }

  private static void bufferHead(ByteBuffer piece, ByteBuffer head) {
    if (head.hasRemaining()) {
      head.put(piece.limit(piece.position() + Math.min(piece.remaining(), head.remaining())));
    }
  }

  private FindingException unsafe(Member member, String why) {
    String what = source instanceof OneArchive ? " contains a member " : " contains ";
    return new FindingException(
        Reason.UNSAFE_ARCHIVE,
        source.name()
            + what
            + FileNames.shown(member.name())
            + " that must not be restored: "
            + why);
  }
}
