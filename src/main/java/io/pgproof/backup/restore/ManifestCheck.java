package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.FileLayout;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.Manifest.Entry;
import io.pgproof.backup.format.ManifestFiles;
import io.pgproof.proof.Digests;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the files of a backup with {@code backup_manifest} while they are read, by the rules of
 * pg_verifybackup.
 *
 * <p>Safe for several threads. Not compared are {@code pg_wal}, which no manifest lists, and the
 * files that {@code pg_basebackup -R} writes (source: the manual's page on pg_verifybackup).
 */
final class ManifestCheck {
  private static final Set<String> NOT_COMPARED =
      Set.of(
          "backup_manifest", "pg_wal", "postgresql.auto.conf", "recovery.signal", "standby.signal");

  private final ManifestFiles listed;
  private final BitSet came = new BitSet();
  private final Set<FileChecksum> used = EnumSet.noneOf(FileChecksum.class);
  private int files;
  private int withoutChecksum;

  ManifestCheck(Manifest manifest) {
    this.listed = manifest.files();
  }

  static boolean isNotCompared(String name) {
    int slash = name.indexOf('/');
    return NOT_COMPARED.contains(slash < 0 ? name : name.substring(0, slash));
  }

  /**
   * Returns what a file about to be written must be; empty when it is not compared, or is neither
   * listed nor data of PostgreSQL.
   *
   * @throws FindingException {@code manifest-mismatch} when it is listed with another size, or is
   *     not listed although PostgreSQL would read it
   */
  synchronized Optional<Entry> expect(String name, long size) {
    if (isNotCompared(name)) {
      return Optional.empty();
    }
    int place = listed.find(name);
    if (place < 0 && FileLayout.isDataFile(name)) {
      throw mismatch(name, "is in the backup but not in backup_manifest");
    }
    if (place < 0) {
      return Optional.empty();
    }
    came.set(place);
    Entry entry = listed.entry(place);
    if (entry.size() != size) {
      throw mismatch(name, "has " + size + " bytes, but backup_manifest says " + entry.size());
    }
    return Optional.of(entry);
  }

  /** Ends one file; throws {@code manifest-mismatch} when its content differs. */
  synchronized void checkWritten(String name, Entry entry, byte[] sum) {
    if (!Arrays.equals(entry.checksum(), sum)) {
      throw mismatch(
          name,
          "does not match backup_manifest: its "
              + entry.algorithm()
              + " is "
              + Digests.hex(sum)
              + " and not "
              + Digests.hex(entry.checksum()));
    }
    files++;
    if (entry.algorithm() == FileChecksum.NONE) {
      withoutChecksum++;
    } else {
      used.add(entry.algorithm());
    }
  }

  /**
   * Ends the backup; throws {@code manifest-mismatch} when a listed file is missing and is not in a
   * foreign directory.
   */
  synchronized void finish() {
    Missing missing = new Missing();
    listed.forEachPlace(
        place -> {
          if (!came.get(place)) {
            missing.add(listed.name(place));
          }
        });
    if (missing.count > 0) {
      String others = missing.count == 1 ? "" : ", like " + (missing.count - 1) + " more";
      throw mismatch(missing.first, "is in backup_manifest but not in the backup" + others);
    }
  }

  /** The number of missing files, and the first of them by name. */
  private static final class Missing {
    private String first = "";
    private int count;

    void add(String name) {
      if (!isNotCompared(name) && !FileLayout.isInForeignDirectory(name)) {
        first = count++ == 0 || name.compareTo(first) < 0 ? name : first;
      }
    }
  }

  int filesWithoutChecksum() {
    return withoutChecksum;
  }

  /** Returns one line for a report. */
  String summary() {
    String algorithms =
        used.isEmpty() ? "sizes only" : String.join(", ", used.stream().map(Enum::name).toList());
    return String.format(Locale.ROOT, "%,d files, %s", files, algorithms);
  }

  private static FindingException mismatch(String name, String how) {
    return new FindingException(Reason.MANIFEST_MISMATCH, FileNames.shown(name) + " " + how);
  }
}
