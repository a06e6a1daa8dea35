package io.pgproof.backup;

import io.pgproof.backup.Backup.Format;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a backup's directory holds, by names alone.
 *
 * @param directory absolute
 * @param names of all its entries
 */
record BackupListing(Path directory, SortedSet<String> names) {
  private static final String BASE = "base";
  private static final String WAL = "pg_wal";
  private static final String PARTS = "(?:base\\.tar|pg_wal\\.tar|[0-9]+\\.tar|backup_manifest)";

  /** Endings of pg_basebackup and of those who copy; rsync hides a file behind a dot and six random characters. */
  private static final Pattern UNFINISHED = Pattern.compile(
      "\\.?" + PARTS + ".*\\.(?:partial|tmp|part|filepart)|\\." + PARTS + ".*\\.(?!sha)[A-Za-z0-9]{6}");

  private static final Pattern ARCHIVE = Pattern.compile("(base|pg_wal|" + TablespaceMap.OID + ")\\.tar(?:\\.(?:gz|lz4|zst))?");
  private static final Pattern OTHER_COMPRESSION = Pattern.compile("(?:base|pg_wal|[0-9]+)\\.tar\\.(bz2|xz|Z|br)");

  /** @throws FindingException {@code backup-unreadable} when the directory cannot be listed */
  static BackupListing of(Path directory) {
    try {
      return list(directory);
    } catch (IOException e) {
      throw RawArchive.unreadable(directory, 0, e);
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

  /**
   * The backup that these names make; empty where nothing looks like one.
   *
   * @throws UsageException {@code not-a-backup} where something does and is none that can be verified
   */
  Optional<Backup> backup() throws IOException {
    first(OTHER_COMPRESSION).ifPresent(name -> {
      throw refused("holds " + name + ": the compression " + name.substring(name.lastIndexOf('.') + 1) + " is not known",
          "compress it by gzip, lz4 or zstd, or decompress it to " + name.substring(0, name.lastIndexOf('.')));
    });
    List<Part> archives = archives();
    boolean tar = archives.stream().anyMatch(part -> part.tablespace().isEmpty());
    boolean plain = names.contains("PG_VERSION");
    if (plain && tar) {
      throw refused("holds both PG_VERSION and " + archives.get(0).name()
          + ", so it is not clear whether it is a plain backup or archives", "remove or move away what is not the backup");
    }
    if (plain) {
      requireBaseBackup();
      return Optional.of(backup(Format.PLAIN, trees()));
    }
    return tar || names.contains(Manifest.NAME) || !unfinished().isEmpty()
        ? Optional.of(backup(Format.TAR, archives))
        : Optional.empty();
  }

  private Backup backup(Format format, List<Part> parts) {
    Optional<Path> manifest =
        names.contains(Manifest.NAME) ? Optional.of(directory.resolve(Manifest.NAME)) : Optional.empty();
    return new Backup(directory, format, parts, manifest, Optional.empty());
  }

  private List<Part> archives() {
    List<Part> archives = new ArrayList<>();
    String before = "";
    for (String name : names) {
      Matcher archive = ARCHIVE.matcher(name);
      if (!archive.matches()) {
        continue;
      }
      String stem = archive.group(1);
      if (stem.equals(before)) {
        throw refused("holds both " + archives.get(archives.size() - 1).name() + " and " + name
            + ", so it is not clear which one is the backup", "remove or move away the one that is not");
      }
      before = stem;
      archives.add(new Part.Archive(directory.resolve(name), switch (stem) {
        case BASE -> "";
        case WAL -> Part.WAL;
        default -> Part.prefixOf(stem);
      }));
    }
    // The base first, then the WAL, then the tablespaces.
    archives.sort(Comparator.comparing((Part part) -> part.tablespace().isPresent()).thenComparing(Part::prefix));
    return archives;
  }

  private List<Part> trees() throws IOException {
    List<Part> trees = new ArrayList<>();
    trees.add(new Part.Tree(directory, ""));
    Path wal = directory.resolve(WAL);
    if (Files.isSymbolicLink(wal) && Files.isDirectory(wal)) {
      trees.add(new Part.Tree(target(wal), Part.WAL));
    }
    Path tablespaces = directory.resolve(Part.TABLESPACES);
    if (Files.isDirectory(tablespaces, LinkOption.NOFOLLOW_LINKS)) {
      for (String name : list(tablespaces).names()) {
        Path tablespace = tablespaces.resolve(name);
        boolean link = Files.isSymbolicLink(tablespace);
        if (TablespaceMap.OID.matcher(name).matches() && (link || Files.isDirectory(tablespace))) {
          trees.add(new Part.Tree(link ? target(tablespace) : tablespace, Part.prefixOf(name)));
        }
      }
    }
    return trees;
  }

  /** Where a link leads, by its own words where that is nowhere. */
  private static Path target(Path link) throws IOException {
    return Files.exists(link)
        ? link.toRealPath()
        : link.resolveSibling(Files.readSymbolicLink(link)).normalize();
  }

  private void requireBaseBackup() {
    String hint = "take a base backup with pg_basebackup and name its directory; "
        + "the files of a server, running or stopped, are none";
    if (names.contains("postmaster.pid")) {
      throw refused("is the data directory of a server that runs or crashed: it holds postmaster.pid", hint);
    }
    if (!names.contains(BackupLabel.NAME)) {
      throw refused("is a data directory and no base backup: it holds no backup_label", hint);
    }
  }

  private Optional<String> first(Pattern pattern) {
    return names.stream().filter(name -> pattern.matcher(name).matches()).findFirst();
  }

  private UsageException refused(String what, String hint) {
    return new UsageException(Reason.NOT_A_BACKUP, directory + " " + what, hint);
  }
}
