package io.pgproof.backup;

import java.nio.file.Path;
import java.util.Optional;

/** One of the pieces that a backup is made of. */
sealed interface Part {
  String WAL = "pg_wal/";
  String TABLESPACES = "pg_tblspc/";

  /** The archive, or the tree's root; absolute, and no link where it is a tree's. */
  Path path();

  /** Put before each of its names to tell the name in the data directory: empty, {@link #WAL}, or a tablespace's. */
  String prefix();

  /** What messages call it. */
  String name();

  /** The tablespace that it brings, by its OID. */
  default Optional<String> tablespace() {
    return prefix().startsWith(TABLESPACES)
        ? Optional.of(prefix().substring(TABLESPACES.length(), prefix().length() - 1))
        : Optional.empty();
  }

  static String prefixOf(String tablespace) {
    return TABLESPACES + tablespace + "/";
  }

  /** A tar, decoded as its file's name says. */
  record Archive(Path path, String prefix) implements Part {
    @Override
    public String name() {
      return path.getFileName().toString();
    }

    Coding coding() {
      return Coding.of(name());
    }
  }

  /** A directory with all below it. */
  record Tree(Path path, String prefix) implements Part {
    @Override
    public String name() {
      return path.toString();
    }
  }
}
