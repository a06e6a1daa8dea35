package io.pgproof.backup;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The tablespaces that parts of their own bring: each lies beside the data directory, which gets a link to it made here and
 * never by a backup. Safe for several threads.
 */
final class Tablespaces {
  private final Backup backup;
  private final Set<String> oids;

  Tablespaces(Backup backup) {
    this.backup = backup;
    this.oids = backup.parts().stream().flatMap(part -> part.tablespace().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  Set<String> oids() {
    return oids;
  }

  /** Name below the tablespaces' directory; empty for what lies in the data directory itself. */
  Optional<String> beside(String name) {
    if (oids.isEmpty() || !name.startsWith(Part.TABLESPACES)) {
      return Optional.empty();
    }
    String rest = name.substring(Part.TABLESPACES.length());
    int slash = rest.indexOf('/');
    return oids.contains(slash < 0 ? rest : rest.substring(0, slash)) ? Optional.of(rest) : Optional.empty();
  }

  /** Hears of a link or a directory in {@code pg_tblspc}, which names a tablespace. */
  void met(String name, String source) {
    String oid = name.substring(Part.TABLESPACES.length());
    if (!oids.contains(oid)) {
      throw missing(oid, source);
    }
  }

  /** Throws a finding when {@code tablespace_map} names a tablespace that no part brings. */
  void requireBrought(Map<String, String> map) {
    for (String oid : map.keySet()) {
      if (!oids.contains(oid)) {
        throw missing(oid, TablespaceMap.NAME);
      }
    }
  }

  private FindingException missing(String oid, String source) {
    boolean tar = backup.format() == Backup.Format.TAR;
    return new FindingException(
        Reason.BACKUP_INCOMPLETE, source + " names the tablespace " + Names.shown(oid) + ", and "
            + (tar ? "its archive " + Names.shown(oid) + ".tar is" : "its files are") + " not there");
  }
}
