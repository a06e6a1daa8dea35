package io.pgproof.backup.format;

import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import java.nio.file.Path;
import java.util.Optional;

/** One of the pieces that a backup is made of. */
public sealed interface BackupPart {
  String WAL = "pg_wal/";
  String TABLESPACES = "pg_tblspc/";

  /** The archive, or the tree's root; absolute, and no link where it is a tree's. */
  Path path();

  /**
   * Put before each of its names to tell the name in the data directory: empty, {@link #WAL}, or a
   * tablespace's.
   */
  String prefix();

  /** What messages call it. */
  String name();

  /**
   * A member's name in the data directory. Who packs a directory by hand may have its own name
   * before that of each member, as in {@code pg_wal/000000010000000000000001} of {@code
   * pg_wal.tar}; no part holds a directory of its own name otherwise.
   */
  default String inDataDirectory(String member) {
    if (prefix().isEmpty() || member.isEmpty()) {
      return prefix().isEmpty() ? member : prefix().substring(0, prefix().length() - 1);
    }
    String own = prefix().substring(prefix().lastIndexOf('/', prefix().length() - 2) + 1);
    return (member + "/").equals(own)
        ? prefix().substring(0, prefix().length() - 1)
        : prefix() + (member.startsWith(own) ? member.substring(own.length()) : member);
  }

  /** The tablespace that it brings, by its OID. */
  default Optional<String> tablespace() {
    return prefix().startsWith(TABLESPACES)
        ? Optional.of(prefix().substring(TABLESPACES.length(), prefix().length() - 1))
        : Optional.empty();
  }

  static String prefixOf(String tablespace) {
    return TABLESPACES + tablespace + "/";
  }

  /** A tar, compressed or not. */
  record Archive(Path path, String prefix) implements BackupPart {
    @Override
    public String name() {
      return path.getFileName().toString();
    }

    /** Opens it to read some of its members. */
    public TarReader open() throws InterruptedException {
      return new TarReader(new RawArchive(path, bytes -> {}).decoded());
    }
  }

  /** A directory with all below it. */
  record Tree(Path path, String prefix) implements BackupPart {
    @Override
    public String name() {
      return path.toString();
    }
  }
}
