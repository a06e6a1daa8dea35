package io.pgproof.postgres.recovery;

import io.pgproof.postgres.server.StoredDataError;
import io.pgproof.proof.Reason;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The messages that report damage in the backup when a server gives up recovery on a machine that
 * lacked nothing (source: the errors of the startup process in {@code src/backend} of versions 10
 * to 18).
 *
 * <p>A message that is not listed is no evidence, because it can come from a fork, an extension,
 * the image or the machine.
 */
final class RecoveryDamage {
  /**
   * Damage in the control file, label, history or WAL. No consistent state can be reached from
   * these.
   */
  private static final Pattern INCONSISTENT =
      anyOf(
          List.of(
              "incorrect checksum in control file.*",
              "control file contains invalid .*",
              "invalid data in file \"(?:backup_label|tablespace_map)\".*",
              "backup_label contains data inconsistent with control file",
              "invalid (?:primary |secondary )?checkpoint (?:link|record).*",
              "invalid (?:resource manager ID|xl_info|length) (?:in|of) (?:primary |secondary )?checkpoint record.*",
              "invalid redo (?:in|record in shutdown) checkpoint record.*",
              "invalid next transaction ID",
              "could not locate a valid checkpoint record.*",
              "could not find redo location .*",
              "WAL contains references to invalid pages.*",
              "WAL was generated with .?wal_level=minimal.*",
              "requested timeline .*",
              "recovery target timeline \\d+ does not exist",
              "unexpected (?:previous )?timeline ID \\d+ .*",
              "(?:syntax error|invalid data) in history file.*",
              "requested starting point .* is not in this server's history",
              // Messages of the WAL reader about records that recovery cannot do without.
              "invalid record (?:length|offset) at .*",
              "invalid resource manager ID \\d+ at .*",
              "record with incorrect prev-link .*",
              "incorrect resource manager data checksum in record at .*",
              "record length \\d+ at .* too long",
              "missing contrecord at .*",
              "there is no contrecord flag at .*",
              "contrecord is requested by .*",
              "invalid contrecord length .*",
              "invalid (?:magic number|info bits) [0-9A-F]+ in (?:log|WAL) segment .*",
              "unexpected pageaddr .*",
              "out-of-sequence timeline ID .*",
              "WAL file is from different database system.*",
              "out-of-order block_id .*|invalid block_id .*",
              "BKP(?:BLOCK|IMAGE)_\\w+ .*|neither BKPIMAGE_HAS_HOLE nor .*",
              "invalid compressed image at .*|could not (?:restore|decompress) image at .*",
              "unexpected timeline ID \\d+ in (?:log|WAL) segment .*"));

  /** Damage in files of the data directory, or WAL that does not fit them. */
  private static final Pattern FILES =
      anyOf(
          List.of(
              "\".*\" is not a valid data directory",
              "relation mapping file \".*\" contains .*",
              "could not read file \"(?:global|base|pg_tblspc)/.*\": read \\d+ of \\d+",
              "could not read file \"(?:global|base|pg_tblspc)/[^\"]*\": read too few bytes.*",
              "invalid page in block \\d+ of relation .*",
              "page verification failed, .*",
              "corrupted page pointers: .*",
              "could not read block .*: read only .*",
              "could not access status of transaction .*",
              "MultiXactId \\d+ (?:has not been created yet|does no longer exist) -- apparent wraparound",
              // Prepared transactions and replication origins.
              "(?:corrupted|could not recover) two-phase state .*|two-phase state .* is corrupt(?:ed)?.*",
              "(?:could not read|expected) two-phase state .*",
              "incorrect size of file \".*\": .*|incorrect alignment of CRC offset for file .*",
              "invalid (?:magic number|size) stored in file .*",
              "calculated CRC checksum does not match value stored in file .*",
              "replication checkpoint has wrong magic .*|replication slot checkpoint has wrong checksum .*",
              // A WAL record was applied to a page that does not match it.
              "failed to (?:add|replace) (?:new )?(?:BRIN |index |leaf |inner )?(?:tuple|item)s?.*",
              "failed to restore block.*",
              "invalid (?:lp|max offset number|offset number.*|toast tid list)",
              "(?:heap2?|btree|hash|gin|gist|spg|brin|seq|xact|xlog|relmap|smgr|multixact)_(?:redo|xlog_\\w+): (?!unknown op code).*",
              "wrong (?:page|opaque) .*|unexpected GIN .*"));

  /**
   * Missing files of the directories that belong to a data directory. A path outside of it can
   * belong to the image or the machine.
   */
  private static final Pattern MISSING =
      Pattern.compile(
          "could not (?:open|read|stat|access) (?:file|directory) \"(?:\\./)?(?:base|global|pg_[a-z_]+)(?:/[^\"]*)?\": No such file or directory");

  private RecoveryDamage() {}

  /**
   * Returns the reason by which a message refutes the backup; empty if the message is no evidence.
   */
  static Optional<Reason> of(String sqlState, String message) {
    if (INCONSISTENT.matcher(message).matches()) {
      return Optional.of(Reason.INCONSISTENT);
    }
    boolean files =
        StoredDataError.isCode(sqlState)
            || FILES.matcher(message).matches()
            || MISSING.matcher(message).matches()
            || StoredDataError.matches(message);
    return files ? Optional.of(Reason.RECOVERY_FAILED) : Optional.empty();
  }

  private static Pattern anyOf(List<String> messages) {
    return Pattern.compile(String.join("|", messages), Pattern.DOTALL);
  }
}
