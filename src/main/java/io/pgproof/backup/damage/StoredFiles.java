package io.pgproof.backup.damage;

import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.TreeMembers;
import io.pgproof.backup.source.TreeWalk;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Reads some files of a backup's data directory into memory. */
final class StoredFiles {
  private static final String TRANSACTIONS = "pg_xact/";

  /** Larger than the catalogs of all but extreme databases, yet small enough to keep a few. */
  private static final int LARGEST = 64 << 20;

  private final Map<String, StoredFile> files = new HashMap<>();
  private final Set<String> transactionFiles = new TreeSet<>();

  private StoredFiles() {}

  /**
   * Reads the archive parts or the trees of a backup once, in their order.
   *
   * @param part the parts to read; all trees are read if there are any
   * @param wanted names in the data directory; files that are very large or stored with holes are
   *     passed over
   */
  static StoredFiles read(Backup backup, Predicate<BackupPart> part, Predicate<String> wanted)
      throws InterruptedException {
    StoredFiles read = new StoredFiles();
    for (BackupPart.Archive archive : backup.archives()) {
      if (part.test(archive)) {
        try (TarReader members = archive.open()) {
          read.readAll(
              archive, members, members::contentPosition, archive::inDataDirectory, wanted);
        }
      }
    }
    if (!backup.trees().isEmpty()) {
      try (TreeWalk walk = new TreeWalk(backup);
          TreeMembers members = new TreeMembers(walk, bytes -> {})) {
        // A path in the data directory leads to every file, whichever tree holds it.
        read.readAll(
            backup.trees().get(0), members, () -> OptionalLong.of(0), name -> name, wanted);
      }
    }
    return read;
  }

  private interface Position {
    OptionalLong ofContent();
  }

  private interface Naming {
    String inDataDirectory(String member);
  }

  private void readAll(
      BackupPart part,
      MemberSource members,
      Position position,
      Naming naming,
      Predicate<String> wanted)
      throws InterruptedException {
    for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
      Member member = next.get();
      String name = naming.inDataDirectory(member.name());
      if (member.type() != MemberSource.Type.FILE) {
        continue;
      }
      // Only these, because a backup may have millions of files.
      if (name.startsWith(TRANSACTIONS)) {
        transactionFiles.add(name);
      }
      OptionalLong at = position.ofContent();
      if (wanted.test(name) && at.isPresent() && member.size() <= LARGEST) {
        ByteBuffer content = ByteBuffer.allocate((int) member.size());
        members.start(content);
        files.put(name, new StoredFile(part, name, at.getAsLong(), content.array()));
      }
    }
  }

  Optional<StoredFile> file(String name) {
    return Optional.ofNullable(files.get(name));
  }

  /** Returns the names of the files with the states of transactions. */
  Set<String> transactionFiles() {
    return transactionFiles;
  }
}
