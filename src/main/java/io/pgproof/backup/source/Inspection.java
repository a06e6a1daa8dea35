package io.pgproof.backup.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.format.WalSegment;
import io.pgproof.backup.wal.WalArchive;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the identity of a backup from its first bytes, wherever those suffice. */
public final class Inspection {
  private static final Pattern IDENTIFIER =
      Pattern.compile("\"System-Identifier\": ([0-9]{1,20}),");
  private static final int LONGEST_VERSION = 64;
  private static final int MANIFEST_HEAD = 256;

  private final Backup backup;
  private final Optional<WalArchive> walArchive;

  public Inspection(Backup backup, Optional<Path> walArchive) {
    this.backup = backup;
    this.walArchive = walArchive.map(WalArchive::new);
  }

  public BackupIdentity run() throws InterruptedException {
    requireWhole();
    RunningServers.requireNoneIn(backup);
    SourceFiles sources = SourceFiles.of(backup);
    try {
      Label label = label();
      IncrementalChain.ancestors(backup, label);
      requireTablespaces();
      Optional<WalPage> page = firstPage(label);
      PostgresVersion version = page.isPresent() ? page.get().version() : version();
      return new BackupIdentity(
          version, page.map(WalPage::systemIdentifier), label, sources.bytes());
    } catch (FindingException e) {
      throw sources.judged(e);
    }
  }

  /** Throws a finding when directory listings show that a part is unfinished or missing. */
  public void requireWhole() throws InterruptedException {
    requireFinished();
    requireBase();
    for (BackupPart.Tree tree : backup.trees()) {
      if (!Files.isDirectory(tree.path())) {
        throw new FindingException(
            Reason.BACKUP_INCOMPLETE,
            backup.directory()
                + " has a link to "
                + tree.path()
                + " for its "
                + tree.prefix()
                + ", and there is no such directory");
      }
    }
  }

  /** Throws {@code backup-in-progress} when a part does not have its final name yet. */
  public void requireFinished() {
    List<String> unfinished = BackupListing.of(backup.directory()).unfinished();
    if (!unfinished.isEmpty()) {
      throw new FindingException(
          Reason.BACKUP_IN_PROGRESS,
          backup.directory()
              + " holds "
              + FileNames.shown(unfinished.get(0))
              + ", which is not finished");
    }
  }

  /** Throws {@code backup-incomplete} when no part holds the data directory. */
  void requireBase() throws InterruptedException {
    BackupListing.of(backup.directory()).requireReadable(backup);
    if (backup.base().isEmpty()) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE,
          backup.directory()
              + " holds no base.tar, compressed or not, which has the data directory");
    }
  }

  /** Returns the system identifier of the cluster, if a quick look reveals it. */
  Optional<String> systemIdentifier() throws InterruptedException {
    try {
      Optional<String> listed = backup.manifest().flatMap(Inspection::listedIdentifier);
      if (listed.isPresent()) {
        return listed;
      }
      return backup.format() == Backup.Format.PLAIN
          ? Optional.of(
              ControlFile.parse(small("global/pg_control", ControlFile.SIZE)).systemIdentifier())
          : firstOwnPage().map(WalPage::systemIdentifier);
    } catch (FindingException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the identifier from the beginning of a manifest. Manifests that contain it have it
   * there, and reading on could mean millions of files.
   */
  private static Optional<String> listedIdentifier(Path manifest) {
    try (InputStream in = Manifest.open(manifest)) {
      Matcher found =
          IDENTIFIER.matcher(new String(in.readNBytes(MANIFEST_HEAD), StandardCharsets.ISO_8859_1));
      return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Returns the contents of {@code backup_label}. */
  public Label label() throws InterruptedException {
    byte[] file =
        backup.format() == Backup.Format.PLAIN
            ? small(BackupLabel.NAME, BackupLabel.LARGEST)
            : labelOfTar(((BackupPart.Archive) backup.base().orElseThrow()));
    return BackupLabel.parse(file, backup.baseName());
  }

  /**
   * Throws a finding when a tablespace was left behind; in a tar, only when {@code tablespace_map}
   * directly follows the label or an archive for a tablespace is present.
   */
  void requireTablespaces() throws InterruptedException {
    if (backup.format() == Backup.Format.PLAIN) {
      Map<String, String> map = mapOfTree();
      new Tablespaces(backup).requireBrought(map);
      requireCopied(map);
      return;
    }
    Named named = named();
    for (String oid : named.byMap() ? named.oids() : Set.<String>of()) {
      if (backup.parts().stream()
          .noneMatch(backupPart -> backupPart.tablespace().filter(oid::equals).isPresent())) {
        BackupListing.of(backup.directory())
            .unreadable(oid)
            .ifPresent(
                finding -> {
                  throw finding;
                });
        throw new Tablespaces(backup).missing(oid, TablespaceMap.NAME);
      }
    }
  }

  private Map<String, String> mapOfTree() {
    return Files.exists(backup.directory().resolve(TablespaceMap.NAME), NOFOLLOW_LINKS)
        ? TablespaceMap.parse(small(TablespaceMap.NAME, TablespaceMap.LARGEST))
        : Map.of();
  }

  /**
   * Throws {@code not-self-contained} when a link still leads to the place where the source had its
   * tablespace.
   */
  private void requireCopied(Map<String, String> map) {
    map.forEach(
        (oid, path) -> {
          Path link = backup.directory().resolve(BackupPart.TABLESPACES).resolve(oid);
          try {
            if (Files.isSymbolicLink(link)
                && FileNames.ofUtf8(Files.readSymbolicLink(link).toString()).equals(path)) {
              throw new FindingException(
                  new Finding(
                      Reason.NOT_SELF_CONTAINED,
                      link
                          + " leads to "
                          + FileNames.shown(path)
                          + ", where tablespace_map says that the source had this tablespace",
                      "copy the tablespace to a directory that belongs to this backup alone, let the link lead there, and verify again",
                      null));
            }
          } catch (IOException e) {
            throw RawArchive.unreadable(link, 0, e);
          }
        });
  }

  /** Tablespaces that a tar names, in its map or by links. */
  private record Named(Set<String> oids, boolean byMap) {}

  /**
   * Returns the tablespaces that the data directory names: those of its map, or without a map,
   * those of a tar's links.
   *
   * <p>The map directly follows the label, unless somebody packed the tar again. The search goes
   * further only when an archive in the backup may hold a tablespace.
   */
  public Set<String> namedTablespaces() throws InterruptedException {
    return backup.format() == Backup.Format.PLAIN ? mapOfTree().keySet() : named().oids();
  }

  private Named named() throws InterruptedException {
    boolean further =
        backup.parts().stream().anyMatch(backupPart -> backupPart.tablespace().isPresent());
    Set<String> links = new TreeSet<>();
    try (TarReader members = ((BackupPart.Archive) backup.base().orElseThrow()).open()) {
      // Requesting a third member would read the second to its end, and a bomb has no end.
      for (int before = 0; further || before < 2; before++) {
        Optional<Member> next = members.next();
        if (next.isEmpty()) {
          break;
        }
        Member member = next.get();
        if (isFile(member, TablespaceMap.NAME)) {
          return new Named(
              TablespaceMap.parse(content(members, member, TablespaceMap.LARGEST)).keySet(), true);
        }
        if (member.type() == MemberSource.Type.SYMBOLIC_LINK
            && member.name().startsWith(BackupPart.TABLESPACES)) {
          links.add(member.name().substring(BackupPart.TABLESPACES.length()));
        }
      }
    }
    return new Named(links, false);
  }

  private byte[] labelOfTar(BackupPart.Archive base) throws InterruptedException {
    try (TarReader members = base.open()) {
      Optional<Member> first = members.next();
      Optional<String> below = Optional.empty();
      for (Optional<Member> next = first; next.isPresent(); next = members.next()) {
        if (isFile(next.get(), BackupLabel.NAME)) {
          return content(members, next.get(), BackupLabel.LARGEST);
        }
        if (next.get().name().endsWith("/" + BackupLabel.NAME)) {
          below = Optional.of(next.get().name().substring(0, next.get().name().lastIndexOf('/')));
        }
      }
      throw below
          .map(directory -> packedAbove(base, directory))
          .orElseGet(
              () ->
                  new FindingException(
                      Reason.INCONSISTENT,
                      base.name()
                          + " is not a base backup: it "
                          + first
                              .map(
                                  member ->
                                      "begins with "
                                          + FileNames.shown(member.name())
                                          + " and holds no backup_label")
                              .orElse("is an empty archive")));
    }
  }

  private static FindingException packedAbove(BackupPart.Archive base, String directory) {
    return new FindingException(
        new Finding(
            Reason.FORMAT_UNSUPPORTED,
            base.name()
                + " holds a data directory below "
                + FileNames.shown(directory)
                + ", and not as its own content",
            "unpack it and verify the directory, or pack it again by tar -C "
                + FileNames.shown(directory)
                + " .",
            null));
  }

  private static boolean isFile(Member member, String name) {
    return member.type() == MemberSource.Type.FILE && member.name().equals(name);
  }

  private Optional<WalPage> firstPage(Label label) throws InterruptedException {
    Optional<WalPage> taken = firstOwnPage();
    if (taken.isEmpty() && walArchive.isPresent()) {
      return walArchive.get().page(label.startSegment());
    }
    return taken;
  }

  private Optional<WalPage> firstOwnPage() throws InterruptedException {
    Optional<WalPage> taken = Optional.empty();
    for (BackupPart backupPart : backup.parts()) {
      if (backupPart instanceof BackupPart.Archive archive
          && backupPart.prefix().equals(BackupPart.WAL)) {
        taken = firstPageOf(archive);
      }
    }
    if (backup.format() == Backup.Format.PLAIN) {
      taken = firstPageIn(backup.directory().resolve(BackupPart.WAL));
    }
    return taken;
  }

  private static Optional<WalPage> firstPageOf(BackupPart.Archive archive)
      throws InterruptedException {
    try (TarReader members = archive.open()) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        String name = archive.inDataDirectory(next.get().name());
        if (next.get().type() == MemberSource.Type.FILE
            && WalSegment.isName(name.substring(BackupPart.WAL.length()))) {
          return WalPage.parse(head(members, WalPage.HEADER));
        }
      }
      return Optional.empty();
    }
  }

  private static Optional<WalPage> firstPageIn(Path directory) {
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

  // Without WAL, the version of a tar is known only from PG_VERSION, at whatever position directory
  // order gave it.
  private PostgresVersion version() throws InterruptedException {
    if (backup.format() == Backup.Format.PLAIN) {
      return version(small("PG_VERSION", LONGEST_VERSION));
    }
    try (TarReader members = ((BackupPart.Archive) backup.base().orElseThrow()).open()) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        if (isFile(next.get(), "PG_VERSION")) {
          return version(content(members, next.get(), LONGEST_VERSION));
        }
      }
    }
    throw new FindingException(
        Reason.BACKUP_INCOMPLETE, backup.baseName() + " holds no PG_VERSION");
  }

  private PostgresVersion version(byte[] file) {
    String text = new String(file, StandardCharsets.US_ASCII).strip();
    return PostgresVersion.parse(text)
        .orElseThrow(
            () ->
                new FindingException(
                    new Finding(
                        Reason.VERSION_UNSUPPORTED,
                        "PG_VERSION in "
                            + backup.baseName()
                            + " says "
                            + FileNames.shown(text)
                            + ", which this version of pgproof does not know",
                        "pgproof knows " + PostgresVersion.known(),
                        null)));
  }

  /** Returns the content of a small file of a plain backup. */
  private byte[] small(String name, int longest) {
    Path file = backup.directory().resolve(name);
    try {
      if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
        throw new FindingException(
            Reason.UNSAFE_ARCHIVE, file + " must not be restored: it is no regular file");
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

  private byte[] content(TarReader members, Member member, int longest)
      throws InterruptedException {
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

  private static byte[] head(TarReader members, int length) throws InterruptedException {
    ByteBuffer head = ByteBuffer.allocate(length);
    members.start(head);
    return head.array();
  }
}
