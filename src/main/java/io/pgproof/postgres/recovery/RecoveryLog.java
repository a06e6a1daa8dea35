package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.Lsn;
import io.pgproof.postgres.server.LogLine;
import io.pgproof.proof.MachineError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server's log says about its recovery. It receives the log line by line and keeps only what
 * is needed later.
 */
public final class RecoveryLog {
  private static final int KEPT = 4;
  private static final int MOST_FILES = 1000;
  private static final String LSN = "([0-9A-F]{1,8}/[0-9A-F]{1,8})";
  private static final Pattern REDO_STARTS = Pattern.compile("redo starts at " + LSN);
  private static final Pattern CONSISTENT =
      Pattern.compile("consistent recovery state reached at " + LSN);
  private static final Pattern REDO_DONE = Pattern.compile("redo done at " + LSN + "(?: .*)?");
  private static final Pattern LAST_COMMIT =
      Pattern.compile(
          "last completed transaction was at log time (\\d{4,6}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?) ?(\\S+)");
  private static final Pattern PROGRESS =
      Pattern.compile("redo in progress, elapsed time: .* current LSN: " + LSN);
  private static final Pattern CRASH =
      Pattern.compile(".*\\(PID (\\d{1,9})\\) was terminated by signal \\d+.*");
  private static final Pattern READ_AS_ZEROES =
      Pattern.compile("file \"([^\"]+)\" doesn't exist, reading as zeroes");

  /**
   * Messages at the point where the WAL contains no more complete records. A recycled segment shows
   * the address of another page.
   */
  private static final Predicate<String> ENDS_BADLY =
      Pattern.compile(
              "(?:invalid|incorrect|record with|there is no contrecord|missing contrecord|out-of-sequence|WAL file is from different).*")
          .asMatchPredicate();

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  /** Lines that every recovery writes, so that they explain nothing. */
  private static final Predicate<String> USUAL =
      Pattern.compile(
              "starting .*|listening on .*|database system was .*|redo .*|restored log file .*|checkpoint .*|restartpoint .*"
                  + "|recovery restart point .*|terminating any other active server processes|shutting down.*"
                  + "|aborting startup due to .*|database system is shut down|last completed transaction .*"
                  + "|completed backup recovery .*|consistent recovery state .*|selected new timeline .*|archive recovery complete"
                  + "|recovering prepared .*|.* process \\(PID \\d+\\) exited with exit code \\d+|.*statistics collector.*")
          .asMatchPredicate();

  private final Deque<String> remarks = new ArrayDeque<>();
  private final Deque<String> foreign = new ArrayDeque<>();
  private final List<String> last = new ArrayList<>();
  private @Nullable LogLine fatal;
  private boolean follows;
  private @Nullable Lsn redoStarts;
  private @Nullable Lsn consistent;
  private @Nullable Lsn redoDone;
  private @Nullable Lsn replayed;
  private @Nullable Instant lastCommit;
  private @Nullable String progress;
  private @Nullable String crash;
  private boolean labelIgnored;
  private boolean ready;
  private boolean stopRequested;
  private boolean shutDown;
  private boolean diskFull;
  private boolean endsBadly;
  private boolean minimalWal;
  private final Set<String> readAsZeroes = new TreeSet<>();

  public void add(String text) {
    if (text.isEmpty()) {
      return;
    }
    diskFull |= !text.contains("shared memory") && MachineError.isDiskFull(text);
    Optional<LogLine> parsed = LogLine.parse(text);
    if (parsed.isEmpty()) {
      addBounded(foreign, text);
      if (follows) {
        followed(text);
      }
      return;
    }
    LogLine line = parsed.get();
    if (line.fatal()) {
      fatal(line);
    } else if (line.severity().equals("DETAIL") || line.severity().equals("HINT")) {
      if (follows) {
        followed(line.toString());
      }
    } else {
      follows = false;
      addLine(line);
    }
  }

  private void fatal(LogLine line) {
    // 57P: the server refuses a connection while it starts or stops. 3D000 and 28: a client asked
    // for something that does not exist.
    follows =
        !line.sqlState().startsWith("57P")
            && !line.sqlState().startsWith("28")
            && !line.sqlState().equals("3D000");
    if (follows) {
      fatal = line;
      last.clear();
      last.addAll(remarks);
      last.add(line.toString());
    }
  }

  private void followed(String text) {
    if (last.size() < 12) {
      last.add(text);
    }
  }

  private void addLine(LogLine line) {
    String message = line.message();
    Matcher starts = REDO_STARTS.matcher(message);
    Matcher reached = CONSISTENT.matcher(message);
    Matcher done = REDO_DONE.matcher(message);
    Matcher commit = LAST_COMMIT.matcher(message);
    Matcher at = PROGRESS.matcher(message);
    Matcher zeroes = READ_AS_ZEROES.matcher(message);
    if (starts.matches()) {
      redoStarts = Lsn.parse(starts.group(1));
    } else if (reached.matches()) {
      consistent = Lsn.parse(reached.group(1));
    } else if (done.matches()) {
      redoDone = Lsn.parse(done.group(1));
    } else if (commit.matches()) {
      lastCommit = time(commit.group(1), commit.group(2));
    } else if (at.matches()) {
      replayed = Lsn.parse(at.group(1));
      progress = message;
    } else if (message.startsWith("database system was not properly shut down")) {
      labelIgnored = true;
    } else if (message.equals("database system is ready to accept connections")) {
      ready = true;
    } else if (message.equals("database system is shut down")) {
      shutDown = true;
    } else if (message.matches("received (smart|fast|immediate) shutdown request")) {
      stopRequested = true;
    } else if (CRASH.matcher(message).matches()) {
      crash = message;
    }
    endsBadly |= ENDS_BADLY.test(message);
    minimalWal |= message.startsWith("WAL was generated with");
    if (zeroes.matches() && readAsZeroes.size() < MOST_FILES) {
      readAsZeroes.add(zeroes.group(1));
    }
    if (!USUAL.test(message)) {
      addBounded(remarks, line.toString());
    }
  }

  private static void addBounded(Deque<String> kept, String text) {
    if (kept.size() == KEPT) {
      kept.removeFirst();
    }
    kept.addLast(text);
  }

  /**
   * Parses a time of the log. PostgreSQL prints the offset as short as possible, and an
   * abbreviation if the zone has one.
   */
  private static @Nullable Instant time(String local, String zone) {
    try {
      ZoneOffset offset =
          zone.equals("UTC") || zone.equals("GMT") ? ZoneOffset.UTC : ZoneOffset.of(zone);
      return LocalDateTime.parse(local, TIME).toInstant(offset);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Returns the last message with which the server gave up. */
  Optional<LogLine> fatal() {
    return Optional.ofNullable(fatal);
  }

  /**
   * Returns PostgreSQL's own last messages: the fatal one with its causes, or otherwise everything
   * unusual.
   */
  public @Nullable String errorLines() {
    List<String> words = new ArrayList<>(last);
    if (words.isEmpty()) {
      words.addAll(remarks);
    }
    if (fatal == null) {
      words.addAll(foreign);
    }
    return words.isEmpty() ? null : String.join("\n", words);
  }

  /** Returns the last lines that the server did not write itself. */
  String foreignWords() {
    return String.join("\n", foreign);
  }

  Optional<Lsn> redoStarts() {
    return Optional.ofNullable(redoStarts);
  }

  Optional<Lsn> consistent() {
    return Optional.ofNullable(consistent);
  }

  /** Returns the start of the last replayed record. */
  Optional<Lsn> redoDone() {
    return Optional.ofNullable(redoDone);
  }

  /** Returns the last reported position of redo; versions before 15 never report it. */
  Optional<Lsn> replayed() {
    return Optional.ofNullable(replayed);
  }

  Optional<Instant> lastCommit() {
    return Optional.ofNullable(lastCommit);
  }

  Optional<String> progress() {
    return Optional.ofNullable(progress);
  }

  /** Returns the line that names the process that a signal ended. */
  Optional<String> crash() {
    return Optional.ofNullable(crash);
  }

  /** Returns the process id of the crashed process, as the server numbers it. */
  Optional<Integer> crashed() {
    return crash()
        .map(CRASH::matcher)
        .filter(Matcher::matches)
        .map(found -> Integer.valueOf(found.group(1)));
  }

  /**
   * Returns whether the server did crash recovery, from {@code pg_control} and not from {@code
   * backup_label}.
   */
  boolean labelIgnored() {
    return labelIgnored;
  }

  boolean ready() {
    return ready;
  }

  boolean stopRequested() {
    return stopRequested;
  }

  /** Returns whether the server ended properly, after writing everything in its memory. */
  public boolean shutDown() {
    return shutDown;
  }

  /** Returns whether the WAL ended with something that is not a record, instead of just ending. */
  boolean endsWithInvalidRecord() {
    return endsBadly;
  }

  /**
   * Returns whether the source wrote WAL that cannot be recovered from. Before version 14 this is
   * only a warning.
   */
  boolean minimalWal() {
    return minimalWal;
  }

  boolean diskFull() {
    return diskFull;
  }

  /**
   * Returns the files with transaction states that were missing and treated as empty, such as
   * {@code pg_xact/0000}.
   */
  Set<String> readAsZeroes() {
    return readAsZeroes;
  }
}
