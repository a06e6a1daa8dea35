package io.pgproof.postgres.recovery;

import static io.pgproof.proof.Reason.BACKUP_IN_PROGRESS;
import static io.pgproof.proof.Reason.BACKUP_UNREADABLE;
import static io.pgproof.proof.Reason.COLLATION_MISMATCH;
import static io.pgproof.proof.Reason.DISK_FULL;
import static io.pgproof.proof.Reason.ENVIRONMENT;
import static io.pgproof.proof.Reason.INCONSISTENT;
import static io.pgproof.proof.Reason.INTERNAL;
import static io.pgproof.proof.Reason.INTERRUPTED;
import static io.pgproof.proof.Reason.LIBRARY_MISSING;
import static io.pgproof.proof.Reason.OUT_OF_MEMORY;
import static io.pgproof.proof.Reason.RECOVERY_UNCLEAR;
import static io.pgproof.proof.Reason.VERSION_UNSUPPORTED;
import static io.pgproof.proof.Reason.WAL_MISSING;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.postgres.server.Libraries;
import io.pgproof.postgres.server.LogLine;
import io.pgproof.proof.Finding;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.MachineError.Lack;
import io.pgproof.proof.Reason;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides from a server's output who is at fault if it ended or gave up.
 *
 * <p>A lack of machine resources takes precedence, because a starving server writes all kinds of
 * messages about its data.
 */
public final class RecoveryFailure {
  static final String LOCALE_HINT =
      "build the image from the source's distribution and with this locale, see images.yaml in docs/images.md";
  private static final Pattern DIRECTORY = Pattern.compile("directory \"([^\"]+)\" does not exist");
  private static final Pattern MISSING_FILE =
      Pattern.compile("could not access file \"([^\"]+)\".*|could not load library \"([^\"]+)\".*");

  /** The image has the library, but in another version than the copy's catalogs were made for. */
  private static final Pattern OTHER_LIBRARY =
      Pattern.compile(
          "could not find function \".*\" in file \".*\"|incompatible library \".*\".*");

  private static final Pattern LOCALE =
      Pattern.compile(
          "database locale is incompatible.*|could not create locale .*"
              + "|could not open collator for locale .*|could not load locale .*|ICU is not supported in this build");
  private static final Pattern SHARED_MEMORY = Pattern.compile("could not .*shared memory.*");
  private static final Pattern LIMIT =
      Pattern.compile(
          "out of shared memory.*|maximum number of prepared transactions reached"
              + "|not enough .* in RWConflictPool .*|too many dynamic shared memory segments|sorry, too many clients already"
              + "|could not find free replication state.*");

  private final RecoveryLog log;
  private final RecoveryExpectation expected;
  private final PostgresVersion version;

  private RecoveryFailure(RecoveryLog log, RecoveryExpectation expected, PostgresVersion version) {
    this.log = log;
    this.expected = expected;
    this.version = version;
  }

  /** Returns the finding for a server that died during recovery. */
  static Finding of(
      RecoveryLog log, RecoveryExpectation expected, PostgresVersion version, boolean outOfMemory) {
    return new RecoveryFailure(log, expected, version).judge(outOfMemory);
  }

  /**
   * Returns what a message says about the machine alone, regardless of its recipient; empty if it
   * says nothing about it.
   */
  public static Optional<Finding> ofEnvironment(
      String sqlState, String message, String words, PostgresVersion version) {
    Set<Lack> lacks = lacks(sqlState, message);
    if (lacks.contains(Lack.MEMORY)) {
      return Optional.of(Finding.of(OUT_OF_MEMORY, "the restored server ran out of memory", words));
    }
    if (lacks.contains(Lack.SPACE)) {
      return Optional.of(Finding.of(DISK_FULL, "the restored server ran out of disk space", words));
    }
    Matcher library = MISSING_FILE.matcher(message);
    if (library.matches()) {
      String name =
          Stream.of(library.group(1), library.group(2))
              .filter(Objects::nonNull)
              .findFirst()
              .orElseThrow();
      return Optional.of(
          new Finding(
              LIBRARY_MISSING,
              "the image lacks the library " + name,
              Libraries.remedy(name, version),
              words));
    }
    if (OTHER_LIBRARY.matcher(message).matches()) {
      return Optional.of(
          new Finding(
              LIBRARY_MISSING,
              "the image has another version of a library than the source: " + message,
              "build the image with the source's version of it, see images.yaml in docs/images.md",
              words));
    }
    if (message.startsWith("resource manager with ID")) {
      return Optional.of(
          new Finding(
              LIBRARY_MISSING,
              "the WAL contains records of an extension's own resource manager: " + message,
              "recovery with such extensions is not supported: no library of the source is loaded",
              words));
    }
    if (LOCALE.matcher(message).matches()) {
      return Optional.of(
          new Finding(
              COLLATION_MISMATCH, "the image lacks the locale of a database", LOCALE_HINT, words));
    }
    if (isLimit(message)) {
      return Optional.of(
          new Finding(
              ENVIRONMENT,
              "a setting of the restored server is too low for its work: " + message,
              "the source may have raised it after the backup was taken: take a new base backup, and verify that one",
              words));
    }
    if (!lacks.isEmpty()) {
      return Optional.of(
          Finding.of(
              ENVIRONMENT,
              "the machine prevented the restored server from working: " + message,
              words));
    }
    return Optional.empty();
  }

  private static Set<Lack> lacks(String sqlState, String message) {
    Set<Lack> lacks = EnumSet.noneOf(Lack.class);
    // Segments of shared memory are files, so the memory file system that contains them is full.
    MachineError.find(message)
        .map(error -> SHARED_MEMORY.matcher(message).matches() ? Lack.MEMORY : error.lack())
        .ifPresent(lacks::add);
    Lack.ofSqlState(sqlState)
        .filter(lack -> lack != Lack.MEMORY || !isLimit(message))
        .ifPresent(lacks::add);
    return lacks;
  }

  /** Returns whether PostgreSQL uses the out-of-memory code for one of its own limits. */
  private static boolean isLimit(String message) {
    return LIMIT.matcher(message).matches();
  }

  private Finding judge(boolean outOfMemory) {
    if (outOfMemory) {
      return Finding.of(
          OUT_OF_MEMORY,
          "recovery ended because the container reached its memory limit",
          log.errorLines());
    }
    if (log.diskFull()) {
      return Finding.of(DISK_FULL, "recovery ended because the disk was full", log.errorLines());
    }
    return log.fatal().map(this::fatalFinding).orElseGet(this::endedWithoutReason);
  }

  private Finding fatalFinding(LogLine fatal) {
    String message = fatal.message();
    String words = Objects.requireNonNullElse(log.errorLines(), message);
    Optional<Finding> unprepared = unprepared(message, words);
    if (unprepared.isPresent()) {
      return unprepared.get();
    }
    Optional<Finding> environment = ofEnvironment(fatal.sqlState(), message, words, version);
    if (environment.isPresent()) {
      return environment.get();
    }
    if (message.startsWith("could not restore file")) {
      return Finding.of(
          BACKUP_UNREADABLE, "the WAL archive could not be read: " + message, withFetching(words));
    }
    if (message.startsWith("could not locate required checkpoint record")
        || message.startsWith("WAL ends before")) {
      return walEnds(message, words);
    }
    if (message.startsWith("requested timeline")
        || message.startsWith("recovery target timeline")) {
      return Finding.of(
          INCONSISTENT, "the backup's timelines contradict each other: " + message, words);
    }
    if (message.matches("could not open file \"pg_wal/[0-9A-F]{24}\": No such file or directory")) {
      return Finding.of(
          WAL_MISSING, "a WAL segment that the backup needs is missing: " + message, words);
    }
    if (message.startsWith("database files are incompatible with server")) {
      return incompatible(words);
    }
    Optional<Reason> damage = RecoveryDamage.of(fatal.sqlState(), message);
    if (damage.isPresent()) {
      return Finding.of(
          damage.get(),
          damage.get() == INCONSISTENT
              ? "recovery is not possible from these files: " + message
              : "PostgreSQL gave up: " + message,
          words);
    }
    // F0000 is a configuration error. Before any data were read, 42704 and 22023 are option errors.
    // pgproof causes both.
    boolean beforeData = log.redoStarts().isEmpty();
    if (fatal.sqlState().equals("F0000")
        || (beforeData && fatal.sqlState().matches("42704|22023|42601"))
        || (beforeData && message.startsWith("unrecognized configuration parameter"))) {
      return Finding.of(
          INTERNAL, "PostgreSQL does not accept pgproof's settings: " + message, words);
    }
    return Finding.of(
        RECOVERY_UNCLEAR,
        "PostgreSQL gave up, and its message is not evidence of damage: " + message,
        words);
  }

  /** Finds what the WAL requires and the container was not given; the backup is not at fault. */
  private static Optional<Finding> unprepared(String message, String words) {
    Matcher directory = DIRECTORY.matcher(message);
    if (directory.matches()) {
      return Optional.of(
          new Finding(
              ENVIRONMENT,
              "the source created a tablespace at "
                  + directory.group(1)
                  + " while or after the backup was taken, and the container has no directory there",
              "pgproof creates directories for tablespaces only at plain absolute paths that the image itself does not use; take a new base"
                  + " backup, which contains this tablespace",
              words));
    }
    if (message.startsWith("maximum number of prepared transactions reached")) {
      return Optional.of(
          new Finding(
              ENVIRONMENT,
              "the source prepared more transactions at a time than the restored server allows: it raised"
                  + " max_prepared_transactions after the backup",
              "take a new base backup, which contains the source's settings",
              words));
    }
    if (message.startsWith("out of shared memory")) {
      return Optional.of(
          new Finding(
              ENVIRONMENT,
              "the restored server's table of locks is too small for the source's WAL: it raised"
                  + " max_locks_per_transaction or max_connections after the backup",
              "take a new base backup, which contains the source's settings",
              words));
    }
    return message.startsWith("WAL was generated with")
        ? Optional.of(minimalWal(words))
        : Optional.empty();
  }

  /**
   * Creates the finding for minimal WAL. Such WAL lacks what was written in the meantime, so
   * nothing after it can be restored.
   */
  static Finding minimalWal(@Nullable String words) {
    return new Finding(
        WAL_MISSING,
        "the source ran with wal_level=minimal after the backup: its WAL lacks data from then on",
        "take a new base backup, because nothing that the source wrote after that can be restored from this backup",
        words);
  }

  private Finding walEnds(String message, String words) {
    if (words.contains("is from different database system")) {
      return Finding.of(INCONSISTENT, "the WAL belongs to another cluster than the data", words);
    }
    if (words.contains("incorrect resource manager data checksum")) {
      return Finding.of(
          INCONSISTENT, "a WAL record that the backup needs is damaged" + reached(), words);
    }
    boolean mayFollow =
        expected.replay().lastSegment().isPresent()
            && expected.endLsn().isEmpty()
            && (!log.endsWithInvalidRecord()
                || log.redoDone().filter(expected::isBehindArchive).isPresent());
    if (mayFollow) {
      return new Finding(
          BACKUP_IN_PROGRESS,
          "the WAL archive ends with segment "
              + expected.replay().lastSegment().get()
              + ", before the backup's end"
              + reached(),
          "verify again when the server has archived more; if it never will, take a new base backup",
          words);
    }
    if (log.redoStarts().isEmpty()) {
      return Finding.of(
          WAL_MISSING,
          "WAL segment "
              + expected.segment(expected.label().checkpointLsn())
              + " with the backup's checkpoint at "
              + expected.label().checkpointLsn()
              + " is missing or truncated",
          words);
    }
    String need =
        expected
            .endLsn()
            .map(
                end ->
                    ", but the backup needs WAL up to "
                        + end
                        + " in segment "
                        + expected.segment(end))
            .orElse("");
    return Finding.of(WAL_MISSING, message + reached() + need, words);
  }

  private String reached() {
    return log.redoDone()
        .map(at -> ": the last record read is at " + at + " in segment " + expected.segment(at))
        .orElse("");
  }

  /**
   * Creates the finding for an incompatible server. DETAIL would say which of the two it is, but
   * the log does not contain it.
   */
  private Finding incompatible(String words) {
    int says = expected.control().controlVersion();
    if (version.controlFileVersion() != says) {
      return Finding.of(
          INCONSISTENT,
          "pg_control has the format "
              + says
              + ", "
              + version
              + " writes "
              + version.controlFileVersion()
              + ": it is damaged, or belongs to another backup",
          words);
    }
    return new Finding(
        VERSION_UNSUPPORTED,
        "the image's " + version + " does not open this data directory",
        "a source built with other options, a beta version or a fork needs an image with the same build",
        words);
  }

  private Finding endedWithoutReason() {
    String foreign = log.foreignWords();
    if (foreign.contains("could not find the database system")) {
      return MachineError.find(foreign)
          .map(
              error ->
                  Finding.of(
                      error.reason(ENVIRONMENT),
                      "the server cannot read its data directory",
                      foreign))
          .orElseGet(() -> Finding.of(INCONSISTENT, "global/pg_control is missing", foreign));
    }
    String words = log.errorLines();
    if (log.crash().isPresent()) {
      String crash = log.crash().get();
      return crash.contains("signal 9:")
          ? Finding.of(
              OUT_OF_MEMORY, "a process of the restored server was killed: " + crash, words)
          : Finding.of(ENVIRONMENT, "the restored server crashed: " + crash, words);
    }
    if (log.stopRequested()) {
      return Finding.of(
          INTERRUPTED, "the restored server was asked to stop before recovery ended", words);
    }
    return Finding.of(ENVIRONMENT, "the restored server ended without giving a reason", words);
  }

  /** Adds the output of the program that should have fetched the file. */
  private String withFetching(String words) {
    return log.foreignWords().isEmpty() ? words : log.foreignWords() + "\n" + words;
  }
}
