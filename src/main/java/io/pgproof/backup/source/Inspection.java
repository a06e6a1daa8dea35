package io.pgproof.backup.source;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.wal.WalArchive;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the identity of a backup from its first bytes, wherever those suffice. */
public final class Inspection {
  private static final Pattern IDENTIFIER =
      Pattern.compile("\"System-Identifier\": ([0-9]{1,20}),");
  private static final int LONGEST_VERSION = 64;
  private static final int MANIFEST_HEAD = 256;

  private final Backup backup;
  private final Optional<WalArchive> walArchive;
  private final SmallFiles small;

  public Inspection(Backup backup, Optional<Path> walArchive) {
    this.backup = backup;
    this.walArchive = walArchive.map(WalArchive::new);
    this.small = new SmallFiles(backup);
  }

  public BackupIdentity run() throws InterruptedException {
    requireWhole();
    RunningServers.requireNoneIn(backup);
    SourceFiles sources = SourceFiles.of(backup);
    try {
      Label label = label();
      IncrementalChain.ancestors(backup, label);
      new NamedTablespaces(backup).requireAll();
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
                + ", but there is no such directory");
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
              + " contains "
              + FileNames.shown(unfinished.get(0))
              + ", which is incomplete");
    }
  }

  /** Throws {@code backup-incomplete} when no part holds the data directory. */
  void requireBase() throws InterruptedException {
    BackupListing.of(backup.directory()).requireReadable(backup);
    if (backup.base().isEmpty()) {
      throw new FindingException(
          Reason.BACKUP_INCOMPLETE,
          backup.directory() + " contains no base.tar, compressed or not, with the data directory");
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
              ControlFile.parse(small.ofTree("global/pg_control", ControlFile.SIZE))
                  .systemIdentifier())
          : FirstWalPage.of(backup).map(WalPage::systemIdentifier);
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
            ? small.ofTree(BackupLabel.NAME, BackupLabel.LARGEST)
            : labelOfTar(((BackupPart.Archive) backup.base().orElseThrow()));
    return BackupLabel.parse(file, backup.baseName());
  }

  private byte[] labelOfTar(BackupPart.Archive base) throws InterruptedException {
    try (TarReader members = base.open()) {
      Optional<Member> first = members.next();
      Optional<String> below = Optional.empty();
      for (Optional<Member> next = first; next.isPresent(); next = members.next()) {
        if (SmallFiles.isFile(next.get(), BackupLabel.NAME)) {
          return small.ofTar(members, next.get(), BackupLabel.LARGEST);
        }
        if (next.get().name().endsWith("/" + BackupLabel.NAME)) {
          below = Optional.of(next.get().name().substring(0, next.get().name().lastIndexOf('/')));
        }
      }
      throw below
          .map(directory -> packedWithParentDirectory(base, directory))
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
                                          + " and contains no backup_label")
                              .orElse("is an empty archive")));
    }
  }

  private static FindingException packedWithParentDirectory(
      BackupPart.Archive base, String directory) {
    return new FindingException(
        new Finding(
            Reason.FORMAT_UNSUPPORTED,
            base.name()
                + " contains a data directory below "
                + FileNames.shown(directory)
                + ", not at its top level",
            "unpack it and verify the directory, or pack it again by tar -C "
                + FileNames.shown(directory)
                + " .",
            null));
  }

  private Optional<WalPage> firstPage(Label label) throws InterruptedException {
    Optional<WalPage> taken = FirstWalPage.of(backup);
    if (taken.isEmpty() && walArchive.isPresent()) {
      return walArchive.get().page(label.startSegment());
    }
    return taken;
  }

  // Without WAL, the version of a tar is known only from PG_VERSION, at whatever position directory
  // order gave it.
  private PostgresVersion version() throws InterruptedException {
    if (backup.format() == Backup.Format.PLAIN) {
      return version(small.ofTree("PG_VERSION", LONGEST_VERSION));
    }
    try (TarReader members = ((BackupPart.Archive) backup.base().orElseThrow()).open()) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        if (SmallFiles.isFile(next.get(), "PG_VERSION")) {
          return version(small.ofTar(members, next.get(), LONGEST_VERSION));
        }
      }
    }
    throw new FindingException(
        Reason.BACKUP_INCOMPLETE, backup.baseName() + " contains no PG_VERSION");
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
                            + " is "
                            + FileNames.shown(text)
                            + ", which this version of pgproof does not support",
                        "pgproof supports " + PostgresVersion.known(),
                        null)));
  }
}
