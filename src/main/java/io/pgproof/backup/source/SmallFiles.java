package io.pgproof.backup.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small files of a backup that PostgreSQL wrote, with a bound on their size. */
final class SmallFiles {
  private final Backup backup;

  SmallFiles(Backup backup) {
    this.backup = backup;
  }

  static boolean isFile(Member member, String name) {
    return member.type() == MemberSource.Type.FILE && member.name().equals(name);
  }

  /** Returns the content of a small file of a plain backup. */
  byte[] ofTree(String name, int longest) {
    Path file = backup.directory().resolve(name);
    try {
      if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
        throw new FindingException(
            Reason.UNSAFE_ARCHIVE, file + " must not be restored: it is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file, NOFOLLOW_LINKS)) {
        byte[] content = in.readNBytes(longest + 1);
        if (content.length > longest) {
          throw tooLong(name, Files.size(file));
        }
        return content;
      }
    } catch (IOException e) {
      throw RawArchive.unreadable(file, 0, e);
    }
  }

  /** Returns the content of a small file of a tar, whose member is the current one. */
  byte[] ofTar(TarReader members, Member member, int longest) throws InterruptedException {
    if (member.size() > longest) {
      throw tooLong(member.name(), member.size());
    }
    return head(members, (int) member.size());
  }

  private FindingException tooLong(String name, long size) {
    return new FindingException(
        Reason.INCONSISTENT,
        FileNames.shown(name)
            + " in "
            + backup.baseName()
            + " has "
            + size
            + " bytes, which PostgreSQL never writes");
  }

  /** Returns the first bytes of the current member. */
  static byte[] head(TarReader members, int length) throws InterruptedException {
    ByteBuffer head = ByteBuffer.allocate(length);
    members.start(head);
    return head.array();
  }
}
