package io.pgproof.backup;

import io.pgproof.backup.BackupIdentity.Label;
import io.pgproof.backup.TarMembers.Member;
import io.pgproof.backup.TarMembers.Type;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Learns what a backup says of itself from the first bytes of its archives, wherever those suffice. */
final class Inspection {
  private static final Pattern MAJOR = Pattern.compile("[0-9]{1,4}");

  private final Backup backup;
  private final Optional<Path> walArchive;
  private final SourceFiles sources;

  Inspection(Backup backup, Optional<Path> walArchive) {
    this.backup = backup;
    this.walArchive = walArchive;
    requireWhole(backup);
    this.sources = SourceFiles.of(backup);
  }

  BackupIdentity run() throws InterruptedException {
    try {
      Label label = label();
      Optional<WalPage> page = firstPage(label);
      int major = page.isPresent() ? page.get().major() : majorOfBase();
      long bytes = backup.archives().stream().mapToLong(sources::size).sum();
      return new BackupIdentity(major, page.map(WalPage::systemIdentifier), label, bytes);
    } catch (FindingException e) {
      throw sources.judged(e);
    }
  }

  private static void requireWhole(Backup backup) {
    List<String> unfinished = BackupListing.of(backup.directory()).unfinished();
    if (!unfinished.isEmpty()) {
      throw new FindingException(
          Reason.BACKUP_IN_PROGRESS, backup.directory() + " holds " + Names.shown(unfinished.get(0))
              + ", which is not finished");
    }
    if (!Files.exists(backup.base())) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE, backup.directory() + " holds no base.tar.gz, which has the data directory");
    }
  }

  private Label label() throws InterruptedException {
    try (TarMembers members = new TarMembers(Unpacking.open(backup.base(), bytes -> {}))) {
      String archive = backup.base().getFileName().toString();
      Optional<Member> first = members.next();
      if (first.isEmpty() || !first.get().name().equals(BackupLabel.NAME) || first.get().type() != Type.FILE) {
        throw new FindingException(
            Reason.INCONSISTENT,
            archive + " is not a base backup: it " + first.map(member -> "begins with " + Names.shown(member.name()))
                .orElse("is an empty archive") + ", not with backup_label");
      }
      return BackupLabel.parse(content(members, first.get(), BackupLabel.LARGEST, archive), archive);
    }
  }

  private Optional<WalPage> firstPage(Label label) throws InterruptedException {
    Optional<WalPage> taken = backup.wal().isPresent() ? firstPageOf(backup.wal().get()) : Optional.empty();
    if (taken.isPresent() || walArchive.isEmpty()) {
      return taken;
    }
    Path segment = walArchive.get().resolve(label.startSegment());
    if (!Files.isRegularFile(segment)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(segment)) {
      return WalPage.parse(in.readNBytes(WalPage.HEADER));
    } catch (IOException e) {
      throw RawArchive.unreadable(segment, 0, e);
    }
  }

  private static Optional<WalPage> firstPageOf(Path archive) throws InterruptedException {
    try (TarMembers members = new TarMembers(Unpacking.open(archive, bytes -> {}))) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        if (WalSegment.isName(next.get().name()) && next.get().type() == Type.FILE) {
          return WalPage.parse(head(members, WalPage.HEADER));
        }
      }
      return Optional.empty();
    }
  }

  // Without WAL at hand the version is known only where directory order has put PG_VERSION.
  private int majorOfBase() throws InterruptedException {
    String archive = backup.base().getFileName().toString();
    try (TarMembers members = new TarMembers(Unpacking.open(backup.base(), bytes -> {}))) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        if (next.get().name().equals("PG_VERSION") && next.get().type() == Type.FILE) {
          return major(new String(content(members, next.get(), 64, archive), StandardCharsets.US_ASCII).strip(), archive);
        }
      }
    }
    throw new FindingException(Reason.BACKUP_INCOMPLETE, archive + " holds no PG_VERSION");
  }

  private static int major(String text, String archive) {
    if (MAJOR.matcher(text).matches() && Integer.parseInt(text) >= 10 && Integer.parseInt(text) <= 18) {
      return Integer.parseInt(text);
    }
    throw new FindingException(Finding.of(
        Reason.VERSION_UNSUPPORTED,
        "PG_VERSION in " + archive + " says " + Names.shown(text) + ", which this version of pgproof does not know",
        "pgproof knows PostgreSQL 10 to 18",
        null));
  }

  private static byte[] content(TarMembers members, Member member, int longest, String archive)
      throws InterruptedException {
    if (member.size() > longest) {
      throw new FindingException(
          Reason.INCONSISTENT, Names.shown(member.name()) + " in " + archive + " has " + member.size()
              + " bytes, which PostgreSQL never writes");
    }
    return head(members, (int) member.size());
  }

  private static byte[] head(TarMembers members, int length) throws InterruptedException {
    ByteBuffer head = ByteBuffer.allocate(length);
    members.start(head);
    return head.array();
  }
}
