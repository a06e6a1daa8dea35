package io.pgproof.proof;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The registry of reasons: one code, one {@link Fault}, one line and one remedy each, declared
 * once.
 *
 * <p>The code is what {@code --json} prints as {@code reason}; other programs rely on it.
 */
public enum Reason {
  FRESH("fresh", Fault.NONE, "the backup restores, recovers, answers, and its data are fresh", ""),
  UNDER_WAY("under-way", Fault.NONE, "the run has no verdict yet", "run the command again later"),
  TOO_OLD(
      "too-old",
      Fault.AGE,
      "the newest data in the backup are older than the maximum age",
      "take a new base backup, or raise --max-age if this age is acceptable"),

  ARCHIVE_TRUNCATED(
      "archive-truncated",
      Fault.BACKUP,
      "an archive is truncated",
      "take a new base backup; if this file is a copy, copy it again and compare the sizes"),
  ARCHIVE_CORRUPT(
      "archive-corrupt",
      Fault.BACKUP,
      "a file cannot be decoded, or is not an archive",
      "take a new base backup; if this file is a copy, compare its SHA-256 with the original's"),
  UNSAFE_ARCHIVE(
      "unsafe-archive",
      Fault.BACKUP,
      "an archive contains a name, a link or a device that PostgreSQL never writes",
      "do not unpack this archive anywhere; find out who wrote it"),
  MANIFEST_MISMATCH(
      "manifest-mismatch",
      Fault.BACKUP,
      "the restored files do not match backup_manifest",
      "take a new base backup; backup_manifest and the archives belong to different backups, or a file was changed"),
  PAGE_CHECKSUM(
      "page-checksum",
      Fault.BACKUP,
      "the checksum of a page does not match its content",
      "check the source's storage with pg_checksums, then take a new base backup"),
  WAL_MISSING(
      "wal-missing",
      Fault.BACKUP,
      "a WAL segment that recovery needs is missing",
      "take the backup with -X stream, or name the WAL archive with --wal-archive"),
  INCONSISTENT(
      "inconsistent",
      Fault.BACKUP,
      "recovery did not reach the consistent recovery state of this backup",
      "take a new base backup; its parts belong to different backups, or WAL is damaged"),
  RECOVERY_FAILED(
      "recovery-failed",
      Fault.BACKUP,
      "PostgreSQL refused the restored data directory",
      "read PostgreSQL's message above, then take a new base backup"),
  ASSERTION_FAILED(
      "assertion-failed",
      Fault.BACKUP,
      "an assertion about the data is not true",
      "compare with the source: either the backup lacks data, or the assertion is wrong"),
  INDEX_CORRUPT(
      "index-corrupt",
      Fault.BACKUP,
      "an index or a table contradicts itself",
      "check the source with pg_amcheck, repair it there, then take a new base backup"),
  ROW_UNREADABLE(
      "row-unreadable",
      Fault.BACKUP,
      "a row cannot be read",
      "check the source with pg_dump, repair it there, then take a new base backup"),
  BACKUP_INCOMPLETE(
      "backup-incomplete",
      Fault.BACKUP,
      "a part of the backup is missing",
      "copy everything that pg_basebackup wrote, including tablespaces; without pg_wal.tar, name the WAL archive with --wal-archive"),

  RECOVERY_TIMEOUT(
      "recovery-timeout",
      Fault.ENVIRONMENT,
      "recovery did not end within its limit",
      "raise --recovery-timeout, --cpus or --memory and verify again"),
  RECOVERY_UNCLEAR(
      "recovery-unclear",
      Fault.ENVIRONMENT,
      "PostgreSQL gave up recovery with a message that is not evidence against the backup",
      "read PostgreSQL's message; if it is about an extension, a fork or the machine, provide what it names in the image or on the"
          + " machine; if it names damage in the data directory, take a new base backup"),
  INSPECTION_TIMEOUT(
      "inspection-timeout",
      Fault.ENVIRONMENT,
      "the backup could not be inspected within the limit",
      "check whether the backup's mount responds, then verify again, or raise --inspection-timeout"),
  RESTORE_TIMEOUT(
      "restore-timeout",
      Fault.ENVIRONMENT,
      "the backup could not be restored within the limit",
      "check whether the backup's mount responds, then verify again, or raise --restore-timeout"),
  CHECK_TIMEOUT(
      "check-timeout",
      Fault.ENVIRONMENT,
      "the checks did not end within their limit",
      "raise --check-timeout, --cpus or --memory, or check at another --depth"),
  BACKUP_IN_PROGRESS(
      "backup-in-progress",
      Fault.ENVIRONMENT,
      "the backup is still being written or copied",
      "verify again when the backup is complete"),
  WAL_UNREADABLE(
      "wal-unreadable",
      Fault.ENVIRONMENT,
      "a file in the WAL archive exists but cannot be read",
      "store the segments in the archive uncompressed, or compressed with gzip, lz4 or zstd, and not encrypted"),
  TIMELINE_UNREACHABLE(
      "timeline-unreachable",
      Fault.ENVIRONMENT,
      "the requested timeline cannot be reached from this backup",
      "choose another with --timeline; without it, recovery follows the latest one that descends from the backup"),
  BACKUP_CHANGED(
      "backup-changed",
      Fault.ENVIRONMENT,
      "the backup changed while it was read",
      "verify again when nothing writes to the backup's directory"),
  NOT_SELF_CONTAINED(
      "not-self-contained",
      Fault.ENVIRONMENT,
      "a part of the backup is a link to files that do not belong to it, such as those of a running server",
      "make each link in the backup point to a copy that only this backup uses, and verify again"),
  FOREIGN_MANIFEST(
      "foreign-manifest",
      Fault.ENVIRONMENT,
      "backup_manifest belongs to an earlier backup than the files beside it",
      "if it is left over from the base backup from which the source was created, move it away and verify again"),
  VERSION_UNSUPPORTED(
      "version-unsupported",
      Fault.ENVIRONMENT,
      "no image is available for this version of PostgreSQL",
      "see " + Launcher.COMMAND + " images list for the versions that can be built"),
  FORMAT_UNSUPPORTED(
      "format-unsupported",
      Fault.ENVIRONMENT,
      "a file of the backup is in a format that pgproof does not read",
      "decrypt, join or decompress it, or pack it again with tar and gzip, lz4 or zstd, then verify again"),
  TORN_PAGE(
      "torn-page",
      Fault.ENVIRONMENT,
      "the checksum of a page on which no row depends does not match its content, which can happen in a sound backup",
      "vacuum the table on the source and take a new base backup; if it happens again, check the storage with pg_checksums"),
  QUERY_FAILED(
      "query-failed",
      Fault.ENVIRONMENT,
      "a query of the user failed",
      "try the query with psql on the source database"),
  CHECK_FAILED(
      "check-failed",
      Fault.ENVIRONMENT,
      "a check of the restored data could not be completed",
      "read PostgreSQL's message, and run the same check on the source"),
  FRESHNESS_UNKNOWN(
      "freshness-unknown",
      Fault.ENVIRONMENT,
      "the freshness query returned no time",
      "change the freshness query so that it returns one row with one timestamp, such as select max(created_at) from orders"),
  CLOCK(
      "clock",
      Fault.ENVIRONMENT,
      "the newest data are in the future",
      "compare the clocks of this machine and of the source"),
  LIBRARY_MISSING(
      "library-missing",
      Fault.ENVIRONMENT,
      "the image lacks a library that the backup needs",
      "add the package that contains this library to extra-packages in images.yaml, see docs/images.md"),
  COLLATION_MISMATCH(
      "collation-mismatch",
      Fault.ENVIRONMENT,
      "the image sorts text differently from the source",
      "build the image from the source's distribution, see images.yaml in docs/images.md"),
  CHECK_UNAVAILABLE(
      "check-unavailable",
      Fault.ENVIRONMENT,
      "the image lacks a program or a library that a check of this depth needs",
      "build the image with the package that contains it, see images.yaml in docs/images.md, or verify at another --depth"),
  OUT_OF_MEMORY(
      "out-of-memory",
      Fault.ENVIRONMENT,
      "the container reached its memory limit",
      "raise --memory and verify again"),
  DISK_FULL(
      "disk-full",
      Fault.ENVIRONMENT,
      "not enough disk space to restore and check the backup",
      "free space on the file system of the state directory, or move it with --state"),
  BACKUP_UNREADABLE(
      "backup-unreadable",
      Fault.ENVIRONMENT,
      "the backup could not be read from its medium",
      "check the system's log for I/O errors of the disk or the mount"),
  NO_IMAGE(
      "no-image",
      Fault.ENVIRONMENT,
      "there is no image with this version of PostgreSQL, and it could not be built",
      "run " + Launcher.COMMAND + " images build VERSION and read its output"),
  NO_LXC(
      "no-lxc",
      Fault.ENVIRONMENT,
      "this machine cannot run the container",
      "run "
          + Launcher.COMMAND
          + " doctor, which names what is missing and the command that fixes it"),
  ENVIRONMENT(
      "environment",
      Fault.ENVIRONMENT,
      "a step failed for a reason outside the backup, and all its retries failed",
      "read the message, run " + Launcher.COMMAND + " doctor, then verify again"),
  DEADLINE(
      "deadline",
      Fault.ENVIRONMENT,
      "the attempt in the container exceeded its time limit",
      "verify again when the machine is less busy, or raise the limits of its phases, such as --restore-timeout"),
  INTERRUPTED(
      "interrupted",
      Fault.PGPROOF,
      "the verification was interrupted before it reached a verdict",
      "verify again"),
  EVIDENCE_MISSING(
      "evidence-missing",
      Fault.PGPROOF,
      "the run found nothing against the backup, but did not record all evidence that a proof needs",
      "verify again; if it happens again, report it with the output of "
          + Launcher.COMMAND
          + " show for the run"),
  INTERNAL(
      "internal",
      Fault.PGPROOF,
      "pgproof itself failed",
      "this is a bug in pgproof: report it with the message"),

  NOT_A_BACKUP(
      "not-a-backup",
      Fault.USAGE,
      "nothing here looks like a base backup",
      "name the directory that pg_basebackup wrote, or one that contains such directories"),
  NO_SUCH_PATH(
      "no-such-path", Fault.USAGE, "the path does not exist or cannot be read", "check the path"),
  NOT_ROOT(
      "not-root",
      Fault.USAGE,
      "pgproof drives containers and must run as root",
      "run the command with sudo"),
  BAD_OPTION(
      "bad-option",
      Fault.USAGE,
      "an option or a setting has a value that is not allowed",
      "see " + Launcher.COMMAND + " verify --help");

  private static final Map<String, Reason> BY_CODE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(Reason::code, Function.identity()));

  private final String code;
  private final Fault fault;
  private final String meaning;
  private final String hint;

  Reason(String code, Fault fault, String meaning, String hint) {
    this.code = code;
    this.fault = fault;
    this.meaning = meaning;
    this.hint = hint;
  }

  /** Lower case with hyphens, as {@code --json} prints it. */
  @JsonValue
  public String code() {
    return code;
  }

  public Fault fault() {
    return fault;
  }

  /** One line that says what the reason means, without a full stop. */
  public String meaning() {
    return meaning;
  }

  /** The usual remedy; empty where none is needed. */
  public String hint() {
    return hint;
  }

  /**
   * The reason with this code.
   *
   * @throws IllegalArgumentException when the registry has no such code
   */
  @JsonCreator
  public static Reason of(String code) {
    Reason reason = BY_CODE.get(code);
    if (reason == null) {
      throw new IllegalArgumentException("no reason has the code " + code);
    }
    return reason;
  }
}
