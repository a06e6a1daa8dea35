package io.pgproof.backup.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the first page of the first WAL segment that a backup contains. */
final class FirstWalPage {
  private FirstWalPage() {}

  static Optional<WalPage> of(Backup backup) throws InterruptedException {
    Optional<WalPage> taken = Optional.empty();
    for (BackupPart backupPart : backup.parts()) {
      if (backupPart instanceof BackupPart.Archive archive
          && backupPart.prefix().equals(BackupPart.WAL)) {
        taken = ofArchive(archive);
      }
    }
    if (backup.format() == Backup.Format.PLAIN) {
      taken = ofDirectory(backup.directory().resolve(BackupPart.WAL));
    }
    return taken;
  }

  private static Optional<WalPage> ofArchive(BackupPart.Archive archive)
      throws InterruptedException {
    try (TarReader members = archive.open()) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        String name = archive.inDataDirectory(next.get().name());
        if (next.get().type() == MemberSource.Type.FILE
            && WalSegment.isName(name.substring(BackupPart.WAL.length()))) {
          return WalPage.parse(SmallFiles.head(members, WalPage.HEADER));
        }
      }
      return Optional.empty();
    }
  }

  private static Optional<WalPage> ofDirectory(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(directory)) {
      Optional<Path> first =
          files
              .filter(
                  file ->
                      WalSegment.isName(file.getFileName().toString())
                          && Files.isRegularFile(file, NOFOLLOW_LINKS))
              .sorted()
              .findFirst();
      if (first.isEmpty()) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(first.get(), NOFOLLOW_LINKS)) {
        return WalPage.parse(in.readNBytes(WalPage.HEADER));
      }
    } catch (IOException e) {
      throw RawArchive.unreadable(directory, 0, e);
    }
  }
}
