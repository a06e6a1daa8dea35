package io.pgproof.backup;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a backup's directory holds, by names alone.
 *
 * @param directory absolute
 * @param names of all its entries
 */
record BackupListing(Path directory, SortedSet<String> names) {
  private static final String PARTS = "(?:base\\.tar|pg_wal\\.tar|[0-9]+\\.tar|backup_manifest)";

  /** Endings of pg_basebackup and of those who copy; rsync hides a file behind a dot and six random characters. */
  private static final Pattern UNFINISHED = Pattern.compile(
      "\\.?" + PARTS + ".*\\.(?:partial|tmp|part|filepart)|\\." + PARTS + ".*\\.(?!sha)[A-Za-z0-9]{6}");

  private static final Pattern OTHER_COMPRESSION = Pattern.compile("(?:base|pg_wal)\\.tar\\.(lz4|zst|bz2|xz)");
  private static final Pattern TABLESPACE = Pattern.compile("[0-9]+\\.tar(?:\\.[a-z0-9]+)?");

  /** @throws FindingException {@code backup-unreadable} when the directory cannot be listed */
  static BackupListing of(Path directory) {
    try {
      return list(directory);
    } catch (IOException e) {
      throw new FindingException(Finding.of(Reason.BACKUP_UNREADABLE, directory + " cannot be listed"), e);
    }
  }

  static BackupListing list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      SortedSet<String> names = new TreeSet<>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return new BackupListing(directory, names);
    }
  }

  /** Entries that a writer or a copier has not renamed to their final name. */
  List<String> unfinished() {
    return names.stream().filter(name -> UNFINISHED.matcher(name).matches()).toList();
  }

  /** The backup that these names make. */
  Backup backup() {
    if (names.contains("PG_VERSION")) {
      throw refused("is a plain data directory (pg_basebackup -Fp), which this version does not support",
          "take the backup with pg_basebackup -Ft -Xs -z");
    }
    first(OTHER_COMPRESSION).ifPresent(name -> {
      String kind = name.substring(name.lastIndexOf('.') + 1);
      throw refused("holds " + name + ": the compression " + kind + " is not supported by this version",
          "take the backup with pg_basebackup -Ft -Xs -z, or decompress it to " + name.substring(0, name.lastIndexOf('.')));
    });
    first(TABLESPACE).ifPresent(name -> {
      throw refused("holds the tablespace archive " + name + ": tablespaces are not supported by this version",
          "verify a backup of a cluster without tablespaces");
    });
    Optional<Path> base = either("base");
    Optional<Path> wal = either("pg_wal");
    boolean listed = names.contains(Manifest.NAME);
    if (base.isEmpty() && wal.isEmpty() && !listed && unfinished().isEmpty()) {
      throw new UsageException(
          Reason.NOT_A_BACKUP, directory + (names.isEmpty() ? " is empty" : " holds nothing that looks like a base backup"));
    }
    return new Backup(
        directory,
        base.orElse(directory.resolve("base.tar.gz")),
        wal,
        listed ? Optional.of(directory.resolve(Manifest.NAME)) : Optional.empty());
  }

  private Optional<Path> either(String stem) {
    boolean plain = names.contains(stem + ".tar");
    boolean compressed = names.contains(stem + ".tar.gz");
    if (plain && compressed) {
      throw refused("holds both " + stem + ".tar and " + stem + ".tar.gz, so it is not clear which one is the backup",
          "remove or move away the one that is not");
    }
    if (!plain && !compressed) {
      return Optional.empty();
    }
    return Optional.of(directory.resolve(stem + (plain ? ".tar" : ".tar.gz")));
  }

  private Optional<String> first(Pattern pattern) {
    return names.stream().filter(name -> pattern.matcher(name).matches()).findFirst();
  }

  private UsageException refused(String what, String hint) {
    return new UsageException(Reason.NOT_A_BACKUP, directory + " " + what, hint);
  }
}
