package io.pgproof.backup.source;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.ForeignFormat;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.backup.source.Backup.Format;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The contents of a backup's directory, by names alone.
 *
 * @param directory absolute
 * @param names of all its entries
 */
public record BackupListing(Path directory, SortedSet<String> names) {
  private static final String BASE = "base";
  private static final String WAL = "pg_wal";
  private static final String TAR =
      "(?:\\.tar(?:\\.(?:gz|gzip|lz4|zst|zstd))?|\\.(?:tgz|taz|tlz4|tzst))";

  /**
   * Text that people put before and after a name, such as {@code shop_} and {@code -2026-11-30}.
   */
  private static final String BEFORE = "((?:.*[-_.])?)";

  private static final String BEHIND = "((?:[-_.].*)?)";
  private static final String CODED = "(?:\\.(?:gz|gzip|lz4|zst|zstd))?";
  private static final String PARTS =
      "(?:(?:(?:.*[-_.])?(?:base|pg_wal)(?:[-_][^.]*)?|[0-9]+)\\.(?:tar|tgz|taz|tlz4|tzst)"
          + "|(?:.*[-_.])?backup_manifest)";

  /**
   * Endings of unfinished files, as pg_basebackup and copy programs write them; rsync gives such a
   * file a leading dot and an ending of six random characters.
   */
  private static final Pattern UNFINISHED =
      Pattern.compile(
          "\\.?"
              + PARTS
              + ".*\\.(?:partial|tmp|part|filepart)|\\."
              + PARTS
              + ".*\\.(?!sha)[A-Za-z0-9]{6}");

  private static final Pattern BASE_TAR = Pattern.compile(BEFORE + BASE + BEHIND + TAR);
  private static final Pattern ANY_TAR = Pattern.compile("(.+?)" + TAR);

  /**
   * @throws FindingException {@code backup-unreadable} when the directory cannot be listed
   */
  static BackupListing of(Path directory) {
    try {
      return list(directory);
    } catch (IOException e) {
      throw RawArchive.unreadable(directory, 0, e);
    }
  }

  public static BackupListing list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      SortedSet<String> names = new TreeSet<>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return new BackupListing(directory, names);
    }
  }

  /**
   * Returns entries that their writer or a copy program has not yet renamed to their final name.
   */
  List<String> unfinished() {
    return names.stream().filter(name -> UNFINISHED.matcher(name).matches()).toList();
  }

  /**
   * Returns the backup that these names form; empty when nothing looks like one.
   *
   * @throws UsageException {@code not-a-backup} when something looks like a backup but cannot be
   *     verified as one
   */
  public Optional<Backup> backup() throws IOException, InterruptedException {
    Naming naming = naming();
    List<BackupPart> archives = archives(naming);
    boolean tar = archives.stream().anyMatch(backupPart -> backupPart.tablespace().isEmpty());
    boolean plain = names.contains("PG_VERSION");
    if (plain && tar) {
      throw refused(
          "contains both PG_VERSION and "
              + archives.get(0).name()
              + ", so it is not clear whether it is a plain backup or archives",
          "remove or move away what is not the backup");
    }
    Optional<Path> manifest = manifest(naming);
    if (plain) {
      requireBaseBackup();
      return Optional.of(new Backup(directory, Format.PLAIN, trees(), manifest, Optional.empty()));
    }
    return tar
            || manifest.isPresent()
            || !unfinished().isEmpty()
            || foreignBase().or(() -> foreign(naming, WAL)).isPresent()
        ? Optional.of(new Backup(directory, Format.TAR, archives, manifest, Optional.empty()))
        : Optional.empty();
  }

  /**
   * The part that all names of the backup have in common.
   *
   * @param base the file that holds the data directory, if its name does not contain {@code base}
   */
  private record Naming(String before, String behind, Optional<String> base) {
    static final Naming USUAL = new Naming("", "", Optional.empty());

    String of(String stem) {
      return before + stem + behind;
    }
  }

  private Naming naming() throws InterruptedException {
    if (names.contains("PG_VERSION")
        || names.stream().anyMatch(name -> stem(name).filter(BASE::equals).isPresent())) {
      return Naming.USUAL;
    }
    List<String> bases = names.stream().filter(name -> BASE_TAR.matcher(name).matches()).toList();
    if (bases.size() > 1) {
      throw refused(
          "contains both "
              + bases.get(0)
              + " and "
              + bases.get(1)
              + ", so it is not clear which one is the backup",
          "put each backup into its own directory");
    }
    if (bases.size() == 1) {
      Matcher base = BASE_TAR.matcher(bases.get(0));
      return base.matches()
          ? new Naming(base.group(1), base.group(2), Optional.empty())
          : Naming.USUAL;
    }
    return new Naming("", "", onlyBackup());
  }

  /**
   * Returns the only tar of a directory without a file named {@code base}, if that tar begins as a
   * base backup does.
   */
  private Optional<String> onlyBackup() throws InterruptedException {
    List<String> tars =
        names.stream()
            .filter(
                name ->
                    stem(name)
                        .filter(
                            stem -> !stem.equals(WAL) && !TablespaceMap.OID.matcher(stem).matches())
                        .isPresent())
            .toList();
    if (tars.size() != 1 || !Files.isRegularFile(directory.resolve(tars.get(0)))) {
      return Optional.empty();
    }
    try (TarReader members = new BackupPart.Archive(directory.resolve(tars.get(0)), "").open()) {
      return members
          .next()
          .filter(first -> first.name().equals(BackupLabel.NAME))
          .map(first -> tars.get(0));
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  /** Returns the name of a tar without its endings. */
  private static Optional<String> stem(String name) {
    Matcher tar = ANY_TAR.matcher(name);
    return tar.matches() ? Optional.of(tar.group(1)) : Optional.empty();
  }

  private Optional<Path> manifest(Naming naming) {
    return Stream.of(naming.of(Manifest.NAME), Manifest.NAME)
        .distinct()
        .flatMap(name -> names.stream().filter(each -> each.matches(Pattern.quote(name) + CODED)))
        .findFirst()
        .map(directory::resolve);
  }

  private List<BackupPart> archives(Naming naming) {
    List<BackupPart> archives = new ArrayList<>();
    Map<String, String> seen = new HashMap<>();
    for (String name : names) {
      Optional<String> prefix =
          naming.base().filter(name::equals).isPresent()
              ? Optional.of("")
              : stem(name).flatMap(stem -> prefix(naming, stem));
      if (prefix.isEmpty()) {
        continue;
      }
      String other = seen.putIfAbsent(prefix.get(), name);
      if (other != null) {
        throw refused(
            "contains both "
                + other
                + " and "
                + name
                + ", so it is not clear which one is the backup",
            "remove or move away the one that is not");
      }
      archives.add(new BackupPart.Archive(directory.resolve(name), prefix.get()));
    }
    // Order: the base, the WAL, the tablespaces.
    archives.sort(
        Comparator.comparing((BackupPart backupPart) -> backupPart.tablespace().isPresent())
            .thenComparing(BackupPart::prefix));
    return archives;
  }

  /**
   * Returns the place in the data directory for the archive of this name; empty when it has none.
   */
  private static Optional<String> prefix(Naming naming, String stem) {
    if (stem.equals(naming.of(BASE))) {
      return Optional.of("");
    }
    if (stem.equals(naming.of(WAL)) || stem.equals(WAL)) {
      return Optional.of(BackupPart.WAL);
    }
    boolean named =
        stem.length() > naming.of("").length()
            && stem.startsWith(naming.before())
            && stem.endsWith(naming.behind());
    return Stream.of(
            named
                ? stem.substring(naming.before().length(), stem.length() - naming.behind().length())
                : stem,
            stem)
        .filter(oid -> TablespaceMap.OID.matcher(oid).matches())
        .findFirst()
        .map(BackupPart::prefixOf);
  }

  /**
   * Throws {@code format-unsupported} when a part is present in a form that pgproof cannot read, or
   * may be present under a name that says nothing.
   */
  void requireReadable(Backup backup) throws InterruptedException {
    if (backup.format() == Format.PLAIN) {
      return;
    }
    Naming naming = naming();
    if (backup.base().isEmpty()) {
      throwIfPresent(foreignBase().or(() -> foreignArchive(".+")));
      throwIfPresent(
          names.stream()
              .filter(name -> stem(name).filter(stem -> prefix(naming, stem).isEmpty()).isPresent())
              .findFirst()
              .map(this::unclear));
    }
    if (backup.parts().stream()
        .noneMatch(backupPart -> backupPart.prefix().equals(BackupPart.WAL))) {
      throwIfPresent(foreign(naming, WAL));
    }
    if (backup.manifest().isEmpty()) {
      throwIfPresent(foreign(naming, Manifest.NAME));
    }
  }

  private FindingException unclear(String name) {
    return new FindingException(
        new Finding(
            Reason.FORMAT_UNSUPPORTED,
            directory
                + " contains no base.tar, and it is not clear whether "
                + FileNames.shown(FileNames.ofUtf8(name))
                + " is the data directory",
            "if it contains the data directory, rename it to base.tar with the extension of its compression",
            null));
  }

  /**
   * Returns the finding that the archive of a tablespace is present in a form that pgproof cannot
   * read.
   */
  Optional<FindingException> unreadable(String tablespace) throws InterruptedException {
    return foreign(naming(), tablespace);
  }

  private static void throwIfPresent(Optional<FindingException> finding) {
    finding.ifPresent(
        found -> {
          throw found;
        });
  }

  private Optional<FindingException> foreign(Naming naming, String stem) {
    String named = "(?:" + Pattern.quote(naming.of(stem)) + "|" + Pattern.quote(stem) + ")";
    return stem.equals(Manifest.NAME) ? foreign(named + "\\..+") : foreignArchive(named);
  }

  private Optional<FindingException> foreignBase() {
    return foreignArchive(BEFORE + BASE + BEHIND);
  }

  private Optional<FindingException> foreignArchive(String stem) {
    return foreign(stem + "(?:" + TAR + "\\..+|\\.(?:tbz2?|txz|tlz|taZ|zip|7z|rar|cpio))");
  }

  private Optional<FindingException> foreign(String pattern) {
    return names.stream()
        .filter(name -> name.matches(pattern) && stem(name).isEmpty())
        .flatMap(
            name -> ForeignFormat.byFileName(name).map(format -> format.finding(name)).stream())
        .findFirst();
  }

  private List<BackupPart> trees() throws IOException {
    List<BackupPart> trees = new ArrayList<>();
    trees.add(new BackupPart.Tree(directory, ""));
    Path wal = directory.resolve(WAL);
    if (Files.isSymbolicLink(wal) && Files.isDirectory(wal)) {
      trees.add(new BackupPart.Tree(target(wal), BackupPart.WAL));
    }
    Path tablespaces = directory.resolve(BackupPart.TABLESPACES);
    if (Files.isDirectory(tablespaces, LinkOption.NOFOLLOW_LINKS)) {
      for (String name : list(tablespaces).names()) {
        Path tablespace = tablespaces.resolve(name);
        boolean link = Files.isSymbolicLink(tablespace);
        if (TablespaceMap.OID.matcher(name).matches() && (link || Files.isDirectory(tablespace))) {
          trees.add(
              new BackupPart.Tree(
                  link ? target(tablespace) : tablespace, BackupPart.prefixOf(name)));
        }
      }
    }
    return trees;
  }

  /** Returns the target of a link; the path written in the link when the target does not exist. */
  private static Path target(Path link) throws IOException {
    return Files.exists(link)
        ? link.toRealPath()
        : link.resolveSibling(Files.readSymbolicLink(link)).normalize();
  }

  private void requireBaseBackup() {
    String hint =
        "take a base backup with pg_basebackup and name its directory; "
            + "the files of a running or stopped server are not a backup";
    if (names.contains("postmaster.pid")) {
      throw refused(
          "is the data directory of a server that runs or crashed: it contains postmaster.pid",
          hint);
    }
    if (!names.contains(BackupLabel.NAME)) {
      throw refused("is a data directory and not a base backup: it contains no backup_label", hint);
    }
  }

  private UsageException refused(String what, String hint) {
    return new UsageException(Reason.NOT_A_BACKUP, directory + " " + what, hint);
  }
}
