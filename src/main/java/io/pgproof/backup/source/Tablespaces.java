package io.pgproof.backup.source;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The tablespaces that separate parts provide. Each is restored beside the data directory; pgproof
 * itself creates the link to it and never takes the link from a backup. Safe for several threads.
 */
public final class Tablespaces {
  private final Backup backup;
  private final Set<String> oids;
  private final Set<String> named = ConcurrentHashMap.newKeySet();
  private final Map<String, String> linkedOnly = new ConcurrentHashMap<>();

  public Tablespaces(Backup backup) {
    this.backup = backup;
    this.oids =
        backup.parts().stream()
            .flatMap(part -> part.tablespace().stream())
            .collect(Collectors.toCollection(TreeSet::new));
  }

  public Set<String> oids() {
    return oids;
  }

  /**
   * Returns the name below the directory of tablespaces; empty for a file in the data directory
   * itself.
   */
  public Optional<String> nameBelowTablespaces(String name) {
    if (oids.isEmpty() || !name.startsWith(BackupPart.TABLESPACES)) {
      return Optional.empty();
    }
    String rest = name.substring(BackupPart.TABLESPACES.length());
    int slash = rest.indexOf('/');
    return oids.contains(slash < 0 ? rest : rest.substring(0, slash))
        ? Optional.of(rest)
        : Optional.empty();
  }

  /** Records a link or a directory in {@code pg_tblspc}, which names a tablespace. */
  public void addFound(String name, String source) {
    String oid = name.substring(BackupPart.TABLESPACES.length());
    if (oids.contains(oid)) {
      named.add(oid);
    } else {
      linkedOnly.put(oid, source);
    }
  }

  /**
   * Throws a finding when a link or a directory names a tablespace that no part provides. A
   * tablespace created during the backup has no part; its files come with the log.
   *
   * @param created OIDs of the tablespaces that the log creates
   */
  public void requireOthersCreated(Set<String> created) {
    linkedOnly.forEach(
        (oid, source) -> {
          if (!created.contains(oid)) {
            throw missing(oid, source);
          }
        });
  }

  /** Throws a finding when {@code tablespace_map} names a tablespace that no part provides. */
  public void requireBrought(Map<String, String> map) {
    for (String oid : map.keySet()) {
      if (!oids.contains(oid)) {
        throw missing(oid, TablespaceMap.NAME);
      }
    }
  }

  /**
   * Returns the archives that hold no tablespace of this backup, because people keep other tars
   * beside it.
   *
   * <p>Only the manifest names the archive of an in-place tablespace.
   *
   * @param named tablespaces that the base names
   */
  public static List<BackupPart> unlistedParts(
      Backup backup, Set<String> named, Optional<Manifest> manifest, PostgresVersion version) {
    if (manifest.isEmpty() && version.archivesInPlaceTablespaces()) {
      return List.of();
    }
    Set<String> listed = manifest.map(Manifest::tablespaces).orElse(Set.of());
    return backup.parts().stream()
        .filter(
            part ->
                part.tablespace()
                    .filter(oid -> !named.contains(oid) && !listed.contains(oid))
                    .isPresent())
        .toList();
  }

  /**
   * Throws a finding when a part provides a tablespace that neither the map nor a link names,
   * unless this version archives in-place tablespaces.
   *
   * @param manifest whether there is one
   * @return the archives that may or may not belong to this backup, because nothing can tell
   */
  public List<String> requireNamed(
      Map<String, String> map, PostgresVersion version, boolean manifest) {
    List<String> unknown =
        oids.stream()
            .filter(oid -> !map.containsKey(oid) && !named.contains(oid))
            .map(oid -> part(oid).name())
            .toList();
    if (!unknown.isEmpty() && !version.archivesInPlaceTablespaces()) {
      throw new FindingException(
          Reason.INCONSISTENT,
          unknown.get(0)
              + " contains a tablespace that "
              + backup.baseName()
              + " does not list: they belong to different backups");
    }
    return manifest ? List.of() : unknown;
  }

  FindingException missing(String oid, String source) {
    boolean tar = backup.format() == Backup.Format.TAR;
    return new FindingException(
        Reason.BACKUP_INCOMPLETE,
        source
            + " names the tablespace "
            + FileNames.shown(oid)
            + ", but "
            + (tar ? "its archive " + FileNames.shown(oid) + ".tar is" : "its files are")
            + " missing");
  }

  private BackupPart part(String oid) {
    return backup.parts().stream()
        .filter(part -> part.tablespace().filter(oid::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }
}
