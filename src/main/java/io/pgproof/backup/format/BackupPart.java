package io.pgproof.backup.format;

import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import java.nio.file.Path;
import java.util.Optional;

/** One of the pieces of a backup. */
public sealed interface BackupPart {
  String WAL = "pg_wal/";
  String TABLESPACES = "pg_tblspc/";

  /** The archive, or the root of the tree; absolute, and not a symbolic link for a tree. */
  Path path();

  /**
   * Prefix that turns a name in this part into a name in the data directory: empty, {@link #WAL},
   * or that of a tablespace.
   */
  String prefix();

  /** Name for messages. */
  String name();

  /**
   * Returns a member's name in the data directory. When a directory is packed by hand, its own name
   * may precede that of each member, as in {@code pg_wal/000000010000000000000001} of {@code
   * pg_wal.tar}; otherwise no part holds a directory of its own name.
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

  /** Returns the OID of the tablespace in this part. */
  default Optional<String> tablespace() {
    return prefix().startsWith(TABLESPACES)
        ? Optional.of(prefix().substring(TABLESPACES.length(), prefix().length() - 1))
        : Optional.empty();
  }

  static String prefixOf(String tablespace) {
    return TABLESPACES + tablespace + "/";
  }

  /** A tar archive, compressed or not. */
  record Archive(Path path, String prefix) implements BackupPart {
    @Override
    public String name() {
      return path.getFileName().toString();
    }

    /** Opens the archive to read some of its members. */
    public TarReader open() throws InterruptedException {
      return new TarReader(new RawArchive(path, bytes -> {}).decoded());
    }
  }

  /** A directory and everything below it. */
  record Tree(Path path, String prefix) implements BackupPart {
    @Override
    public String name() {
      return path.toString();
    }
  }
}
