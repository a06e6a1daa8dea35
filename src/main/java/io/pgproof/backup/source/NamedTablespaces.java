package io.pgproof.backup.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.archive.TarReader;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The tablespaces that a backup's data directory names, in its map or by links. */
public final class NamedTablespaces {
  private final Backup backup;
  private final SmallFiles small;

  public NamedTablespaces(Backup backup) {
    this.backup = backup;
    this.small = new SmallFiles(backup);
  }

  /**
   * Throws a finding when a tablespace was left behind; in a tar, only when {@code tablespace_map}
   * directly follows the label or an archive for a tablespace is present.
   */
  void requireAll() throws InterruptedException {
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
        ? TablespaceMap.parse(small.ofTree(TablespaceMap.NAME, TablespaceMap.LARGEST))
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
                          + " points to "
                          + FileNames.shown(path)
                          + ", where the source had this tablespace according to tablespace_map",
                      "copy the tablespace to a directory that only this backup uses, change the link to that directory, and verify again",
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
  public Set<String> oids() throws InterruptedException {
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
        if (SmallFiles.isFile(member, TablespaceMap.NAME)) {
          return new Named(
              TablespaceMap.parse(small.ofTar(members, member, TablespaceMap.LARGEST)).keySet(),
              true);
        }
        if (member.type() == MemberSource.Type.SYMBOLIC_LINK
            && member.name().startsWith(BackupPart.TABLESPACES)) {
          links.add(member.name().substring(BackupPart.TABLESPACES.length()));
        }
      }
    }
    return new Named(links, false);
  }
}
