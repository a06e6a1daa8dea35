package io.pgproof.postgres.recovery;

import io.pgproof.backup.format.Lsn;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerLog;
import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.postgres.server.StoredDataError;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Waits until a started server has recovered, and judges the result. */
public final class RecoveryWatch {
  private static final Duration SHORTEST = Duration.ofMillis(20);
  private static final Duration LONGEST = Duration.ofMillis(200);
  private static final int MOST_READS = 8;
  private static final Duration CATALOG_LIMIT = Duration.ofSeconds(30);

  /** How often to query the server itself while its log does not report that it is ready. */
  private static final Duration ASKING = Duration.ofSeconds(2);

  /** A line of a timeline history file. Recovery ended where the new timeline left the old one. */
  private static final Pattern SWITCH =
      Pattern.compile("\\s*(\\d+)\\s+([0-9A-F]{1,8}/[0-9A-F]{1,8})\\b.*");

  private record Ended(int timeline, Lsn lsn) {}

  private final RunningServer server;
  private final RestoredServer restored;
  private final RecoveryExpectation expected;
  private final Progress progress;
  private final ServerLog file;
  private final RecoveryLog log = new RecoveryLog();
  private final long began = System.nanoTime();
  private long asked = began;

  private RecoveryWatch(RunningServer server, RecoveryExpectation expected, Progress progress) {
    this.server = server;
    this.restored = new RestoredServer(server.address());
    this.expected = expected;
    this.progress = progress;
    this.file = new ServerLog(server.log());
  }

  /**
   * Returns when the server accepts connections and has reached what the backup requires.
   *
   * @param limit limit for the whole wait
   * @param progress receives the bytes of replayed WAL from version 15 on, with their total if the
   *     manifest says so
   * @throws RecoveryFailedException with PostgreSQL's own output if the server did not
   * @throws InterruptedException if the thread was interrupted; the server continues to run
   */
  public static RecoveryResult await(
      RunningServer server, RecoveryExpectation expected, Duration limit, Progress progress)
      throws InterruptedException {
    RecoveryWatch watch = new RecoveryWatch(server, expected, progress);
    try {
      return watch.await(limit);
    } catch (FindingException e) {
      throw new RecoveryFailedException(e, watch.progressAt(e.finding()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + server.log() + ": " + e.getMessage(), e);
    }
  }

  private RecoveryResult await(Duration limit) throws InterruptedException, IOException {
    Duration pause = SHORTEST;
    while (true) {
      // Check this before reading the log, so that the log then includes the last output of a dying
      // server.
      boolean alive = server.alive().getAsBoolean();
      readLog(alive);
      if (!alive) {
        throw new FindingException(
            RecoveryFailure.of(
                log, expected, server.address().version(), server.outOfMemory().getAsBoolean()));
      }
      if (log.ready() || sinceNanos(asked) > ASKING.toNanos()) {
        Optional<Ended> ended = poll();
        if (ended.isPresent()) {
          while (!readLog(true)) {
            requireTime(limit);
          }
          RecoveryResult reached = judge(ended.get());
          requireStatesOfTransactions();
          return reached;
        }
      }
      requireTime(limit);
      Thread.sleep(pause.toMillis());
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
  }

  private void requireTime(Duration limit) {
    if (sinceNanos(began) > limit.toNanos()) {
      throw new FindingException(tooLate(limit));
    }
  }

  /**
   * Reads the available log. A server that writes faster than its log is read must not keep the
   * limit from being checked.
   *
   * @return whether the end of the log was reached
   */
  private boolean readLog(boolean alive) throws IOException, InterruptedException {
    boolean more = true;
    for (int read = 0; more && (!alive || read < MOST_READS); read++) {
      more = file.read(log::add);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    log.progress()
        .ifPresent(
            line -> {
              long start = expected.label().startLsn().position();
              long done = log.replayed().map(lsn -> lsn.position() - start).orElse(0L);
              progress.at(
                  done, expected.endLsn().map(end -> end.position() - start).orElse(0L), line);
            });
    return !more;
  }

  /** Returns where recovery ended; empty while the server refuses connections. */
  private Optional<Ended> poll() {
    asked = System.nanoTime();
    try (Connection connection = restored.connectToSome(CATALOG_LIMIT)) {
      return ended(connection);
    } catch (SQLException e) {
      // It is recovering, or does not listen yet, or no longer; the next check of the machine
      // shows which.
      if (ServerLostException.refused(e)) {
        return Optional.empty();
      }
      if (RestoredServer.refusesRole(e)) {
        throw restored.roleRefused(e);
      }
      throw new FindingException(unanswered(e), e);
    }
  }

  private Finding unanswered(SQLException failure) {
    String words = ServerText.of(failure);
    if (server.outOfMemory().getAsBoolean()) {
      return Finding.of(
          Reason.OUT_OF_MEMORY,
          "the server recovered, but the container reached its memory limit",
          words);
    }
    return RecoveryFailure.ofEnvironment(
            String.valueOf(failure.getSQLState()),
            ServerText.message(failure),
            words,
            server.address().version())
        .orElseGet(() -> noDatabaseOpens(failure, words));
  }

  private static Finding noDatabaseOpens(SQLException failure, String words) {
    String what = "the server recovered, but none of its databases can be opened";
    if (StoredDataError.matches(failure)) {
      return Finding.of(Reason.RECOVERY_FAILED, what, words);
    }
    return RestoredServer.isElsewhere(failure)
        ? new Finding(
            Reason.CHECK_FAILED, what, "name one that allows connections with --database", words)
        : Finding.of(Reason.RECOVERY_UNCLEAR, what, words);
  }

  private Optional<Ended> ended(Connection connection) throws SQLException {
    try (PreparedStatement state =
            connection.prepareStatement(
                "select pg_catalog.pg_is_in_recovery(), timeline_id from pg_catalog.pg_control_checkpoint()");
        ResultSet row = state.executeQuery()) {
      if (!row.next() || row.getBoolean(1)) {
        return Optional.empty();
      }
      int timeline = row.getInt(2);
      return Optional.of(
          history(connection, timeline)
              .orElseGet(() -> new Ended(timeline, log.redoDone().orElse(new Lsn(0)))));
    }
  }

  private static Optional<Ended> history(Connection connection, int timeline) throws SQLException {
    try (PreparedStatement read =
        connection.prepareStatement("select pg_catalog.pg_read_file(?, 0, 1000000, true)")) {
      read.setString(1, String.format("pg_wal/%08X.history", timeline));
      try (ResultSet row = read.executeQuery()) {
        String text = row.next() ? row.getString(1) : null;
        Ended last = null;
        for (String line : text == null ? new String[0] : text.split("\n")) {
          Matcher matcher = SWITCH.matcher(line);
          if (matcher.matches()) {
            last =
                new Ended(Integer.parseUnsignedInt(matcher.group(1)), Lsn.parse(matcher.group(2)));
          }
        }
        return Optional.ofNullable(last);
      }
    }
  }

  private RecoveryResult judge(Ended ended) {
    String words = log.errorLines();
    if (log.labelIgnored()) {
      throw new FindingException(
          Finding.of(
              Reason.INCONSISTENT,
              "PostgreSQL recovered as after a crash: it found no backup_label",
              words));
    }
    Lsn consistent =
        log.consistent()
            .orElseThrow(
                () ->
                    new FindingException(
                        Finding.of(
                            Reason.INCONSISTENT,
                            "the server accepted connections before it reached the consistent recovery state",
                            words)));
    Lsn start = expected.label().startLsn();
    if (log.redoStarts().isPresent() && !log.redoStarts().get().equals(start)) {
      throw new FindingException(
          Finding.of(
              Reason.INCONSISTENT,
              "recovery started at " + log.redoStarts().get() + ", but backup_label says " + start,
              words));
    }
    if (ended.timeline() < expected.timeline()) {
      throw new FindingException(
          Finding.of(
              Reason.INCONSISTENT,
              "recovery ended on timeline "
                  + ended.timeline()
                  + ", but the backup belongs to timeline "
                  + expected.timeline(),
              words));
    }
    if (expected.endLsn().isPresent() && ended.lsn().compareTo(expected.endLsn().get()) < 0) {
      throw new FindingException(
          Finding.of(
              Reason.WAL_MISSING,
              "recovery ended at "
                  + ended.lsn()
                  + ", but the backup needs WAL up to "
                  + expected.endLsn().get()
                  + " in segment "
                  + expected.segment(expected.endLsn().get()),
              words));
    }
    if (expected.replay().reach().filter(reach -> ended.lsn().compareTo(reach) < 0).isPresent()) {
      throw new FindingException(
          Finding.of(
              Reason.WAL_MISSING,
              "recovery ended at "
                  + ended.lsn()
                  + " in segment "
                  + expected.segment(ended.lsn())
                  + ", although the WAL archive continues to segment "
                  + expected.replay().lastSegment().orElseThrow()
                  + ": WAL in between is damaged, and nothing after it can be restored",
              words));
    }
    if (log.minimalWal()) {
      throw new FindingException(RecoveryFailure.minimalWal(words));
    }
    if (expected.bringsWalAfter(ended.lsn())) {
      throw new FindingException(
          Finding.of(
              Reason.WAL_MISSING,
              "recovery ended at "
                  + ended.lsn()
                  + " in segment "
                  + expected.segment(ended.lsn())
                  + ", although the backup contains WAL up to segment "
                  + expected.lastWalSegment().orElseThrow()
                  + ": a segment in between is missing or damaged",
              words));
    }
    List<Integer> timelines = expected.replay().path().timelines(start, ended.lsn());
    String detail =
        "consistent at "
            + consistent
            + ", redo done at "
            + ended.lsn()
            + (timelines.size() == 1 ? ", timeline " : ", timelines ")
            + timelines.stream().map(Integer::toUnsignedString).collect(Collectors.joining(", "))
            + (log.readAsZeroes().isEmpty()
                ? ""
                : "; a file with the states of transactions was missing and treated as empty");
    return new RecoveryResult(
        expected.timeline(),
        timelines,
        ended.lsn(),
        log.lastCommit(),
        Check.passed("recovery", detail, Duration.ofNanos(sinceNanos(began))),
        timelines.size() == 1
            ? List.of()
            : List.of(
                "recovery followed the WAL archive from timeline "
                    + Integer.toUnsignedString(timelines.get(0))
                    + " of the backup to timeline "
                    + Integer.toUnsignedString(timelines.get(timelines.size() - 1))
                    + "; --timeline chooses another"));
  }

  /**
   * Returns the progress of recovery. If the finding says that a reached state is not the backup's,
   * that state does not count as consistent.
   */
  private RecoveryFailedException.Far progressAt(Finding finding) {
    return new RecoveryFailedException.Far(
        expected.timeline(),
        log.consistent().isPresent() && finding.reason() != Reason.INCONSISTENT,
        log.redoDone().or(log::replayed).or(log::consistent),
        log.lastCommit());
  }

  private void requireStatesOfTransactions() {
    if (log.readAsZeroes().isEmpty()) {
      return;
    }
    try (Connection connection = restored.connectToSome()) {
      Optional<String> lost =
          TransactionStates.needed(log.readAsZeroes(), expected.control().blockSize(), connection);
      if (lost.isPresent()) {
        throw new FindingException(
            Finding.of(
                Reason.INCONSISTENT,
                lost.get()
                    + " is missing: without it, rows of committed transactions look as if they were never written",
                log.errorLines()));
      }
    } catch (SQLException e) {
      throw new FindingException(unanswered(e), e);
    }
  }

  private Finding tooLate(Duration limit) {
    if (server.outOfMemory().getAsBoolean()) {
      return Finding.of(
          Reason.OUT_OF_MEMORY,
          "recovery did not end, and the container reached its memory limit",
          log.errorLines());
    }
    String far =
        log.progress()
            .or(() -> log.consistent().map(at -> "consistent since " + at))
            .or(() -> log.redoStarts().map(at -> "redo started at " + at))
            .orElse("redo had not started");
    return Finding.of(
        Reason.RECOVERY_TIMEOUT,
        "recovery did not end within " + ServerText.of(limit) + "; progress: " + far,
        log.errorLines());
  }

  private static long sinceNanos(long then) {
    return System.nanoTime() - then;
  }
}
