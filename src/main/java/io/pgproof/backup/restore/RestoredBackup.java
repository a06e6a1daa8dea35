package io.pgproof.backup.restore;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.backup.source.SourceFiles;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report.ArchiveFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A data directory that was written completely.
 *
 * @param identity as found in the data directory itself
 * @param control contents of {@code global/pg_control}
 * @param archives each archive with its SHA-256
 * @param manifestSha256 of {@code backup_manifest}; empty when there is none
 * @param endLsn end of the WAL that the backup needs, from the manifest; empty when nothing states
 *     it before recovery
 * @param lastWalSegment the last WAL segment in the backup; empty when it has none
 * @param replay the path that recovery takes from here, and what it needs
 * @param suspects pages that must be read again after recovery, before {@code pages} is a completed
 *     check
 * @param checks those of the archives and of the manifest; that of the pages unless there are
 *     suspects
 * @param source the backup's files when the data directory is an overlay on them, so that a server
 *     continues to read them
 * @param notChecked what could not be checked, one sentence each
 * @param notes additional or harmlessly missing contents of the backup, one sentence each
 */
public record RestoredBackup(
    BackupIdentity identity,
    ControlFile control,
    List<ArchiveFacts> archives,
    Optional<String> manifestSha256,
    Optional<Lsn> endLsn,
    Optional<String> lastWalSegment,
    ReplayPlan replay,
    SuspectPages suspects,
    List<Check> checks,
    Optional<SourceFiles> source,
    List<String> notChecked,
    List<String> notes) {

  /**
   * Returns the result for the newest backup of a chain, extended by what was read of its
   * ancestors.
   *
   * @param ancestors by the name of each one's directory
   * @param combined the result of combining them, one line for a report
   * @param judged pages of the combined files that must be read again after recovery
   * @param pages the check of pages, if it is decided
   */
  RestoredBackup combinedWith(
      Map<String, RestoredBackup> ancestors,
      String combined,
      SuspectPages judged,
      Optional<Check> pages) {
    List<ArchiveFacts> all = new ArrayList<>();
    long bytes = identity.bytes();
    SortedSet<String> open = new TreeSet<>(notChecked);
    List<String> noted = new ArrayList<>();
    Map<String, Check> joined = new LinkedHashMap<>();
    for (Map.Entry<String, RestoredBackup> ancestor : ancestors.entrySet()) {
      String name = ancestor.getKey();
      ancestor
          .getValue()
          .archives
          .forEach(
              archive ->
                  all.add(
                      new ArchiveFacts(
                          name + "/" + archive.file(), archive.bytes(), archive.sha256())));
      bytes += ancestor.getValue().identity.bytes();
      open.addAll(ancestor.getValue().notChecked);
      ancestor.getValue().notes.forEach(note -> noted.add(name + ": " + note));
      ancestor
          .getValue()
          .checks
          .forEach(
              check ->
                  joined.merge(
                      check.name(), check.withDetail(name + ": " + check.detail()), Check::and));
    }
    checks.forEach(check -> joined.merge(check.name(), check, Check::and));
    joined.computeIfPresent(
        "archive", (name, check) -> check.withDetail(check.detail() + "; " + combined));
    pages.ifPresent(check -> joined.put(check.name(), check));
    all.addAll(archives);
    noted.addAll(notes);
    return new RestoredBackup(
        new BackupIdentity(
            identity.version(), identity.systemIdentifier(), identity.label(), bytes),
        control,
        List.copyOf(all),
        manifestSha256,
        endLsn,
        lastWalSegment,
        replay,
        judged,
        List.copyOf(joined.values()),
        source,
        List.copyOf(open),
        List.copyOf(noted));
  }
}
