package io.pgproof.evidence.log;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent.EvidenceRemoved;
import io.pgproof.evidence.log.LogTable.Row;
import io.pgproof.tlog.LogDamagedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes entries whose time is over. Their leaves stay, so the tree and all proofs still verify.
 *
 * <p>First a signed entry says what is removed, and the log takes it; then the rows go. A removal
 * that was interrupted in between is finished by {@link #finish}.
 */
public final class LogRemoval {
  private static final int BATCH = 5_000;
  private static final String DUE = Evidence.kind(Evidence.Due.class);
  private static final String PASSED_OVER = Evidence.kind(Evidence.DuePassedOver.class);

  private final LogTable table;
  private final EvidenceLog evidenceLog;
  private final LogDirectory directory;
  private final EvidenceSequencer sequencer;
  private final TransactionTemplate transactions;
  private final Clock clock;

  public LogRemoval(
      DataSource database,
      EvidenceLog evidenceLog,
      Path directory,
      EvidenceSequencer sequencer,
      Clock clock) {
    this.table = new LogTable(database);
    this.evidenceLog = evidenceLog;
    this.directory = new LogDirectory(directory);
    this.sequencer = sequencer;
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    this.clock = clock;
  }

  /**
   * An export that has been recorded.
   *
   * @param positions how many positions of the log it has, from the first on
   */
  public record Export(String sha256, long positions) {}

  /** Returns the recorded export that has most positions; empty if the log names none. */
  public Optional<Export> export() {
    sequencer.take(false);
    return table.exports().stream()
        .filter(export -> export.event().positions() <= export.position())
        .map(export -> new Export(export.event().sha256(), export.event().positions()))
        .max(Comparator.comparingLong(Export::positions));
  }

  /** Returns the kinds of events of the server that may be removed. */
  public static List<String> serverKinds() {
    return Removal.SERVER_KINDS;
  }

  /**
   * Removes entries.
   *
   * @param before all of them were recorded before this time
   * @param positions where they are in the log: all entries of runs, and of events of {@link
   *     #serverKinds}
   * @param export has them
   * @param by who removes them
   * @throws LogDamagedException when the log takes no entries, or one of these entries is not what
   *     was recorded; then nothing was removed
   */
  public void remove(Instant before, Collection<Long> positions, Export export, String by)
      throws IOException {
    Positions named = Positions.of(positions);
    int runs = inspect(named).size();
    EvidenceRemoved unsigned =
        new EvidenceRemoved(
            before, runs, named.size(), named.text(), export.sha256(), export.positions(), "");
    String signature = sequencer.sign(log -> Removal.text(log, unsigned));
    new EvidenceRemoved(
            before,
            runs,
            named.size(),
            unsigned.positions(),
            export.sha256(),
            export.positions(),
            signature)
        .record(evidenceLog, by);
    sequencer.take(false);
    if (sequencer.damage().isPresent()) {
      throw new LogDamagedException(sequencer.damage().get());
    }
    finish();
  }

  /**
   * Removes the rows of all removals that the log has taken and that are not finished.
   *
   * @throws LogDamagedException when an entry names what it may not
   */
  public void finish() throws IOException {
    Set<Long> finished = table.finishedRemovals();
    List<String> unreadable = new ArrayList<>();
    List<Removal> removals = table.removals(unreadable::add);
    if (!unreadable.isEmpty()) {
      throw new LogDamagedException(String.join("; ", unreadable));
    }
    for (Removal removal : removals) {
      if (!finished.contains(removal.entry())) {
        finish(removal);
      }
    }
  }

  private void finish(Removal removal) throws IOException {
    List<LogKey> keys = directory.publicKeys();
    transactions.executeWithoutResult(
        transaction -> {
          table.lock();
          if (table.finishedRemovals().contains(removal.entry())) {
            return;
          }
          List<String> problems = removal.problems(table.exports(), keys);
          if (!problems.isEmpty()) {
            throw new LogDamagedException(String.join("; ", problems));
          }
          Map<String, Integer> runs = inspect(removal.positions());
          long removed =
              table.remove(removal, clock.instant().truncatedTo(ChronoUnit.MICROS), runs);
          if (removed != removal.event().entries()) {
            throw new LogDamagedException(
                "the removal entry at position "
                    + removal.position()
                    + " names "
                    + removal.event().entries()
                    + " entries, and "
                    + removed
                    + " are there");
          }
        });
    evidenceLog.awaitDurable();
  }

  /**
   * Requires that the entries are what was recorded, so that no removal covers up a change, and
   * that they are of kinds that may go.
   *
   * @return the runs with the number of due times that they say were missed
   */
  private Map<String, Integer> inspect(Positions positions) {
    Map<String, Integer> runs = new HashMap<>();
    for (Positions.Range range : positions.ranges()) {
      long next = range.first();
      while (next <= range.last()) {
        List<Row> rows = table.rows(next, range.last() + 1, BATCH);
        for (Row row : rows) {
          inspect(row, runs);
        }
        if (rows.isEmpty()) {
          throw new LogDamagedException("position " + next + " was removed from pgproof_log");
        }
        next = rows.get(rows.size() - 1).position() + 1;
      }
    }
    return runs;
  }

  private static void inspect(Row row, Map<String, Integer> runs) {
    StoredEntry entry = row.stored();
    byte[] computed = row.computed();
    if (entry == null || computed == null || !Arrays.equals(computed, row.leaf())) {
      throw new LogDamagedException(
          "position "
              + row.position()
              + ": the entry is not what was recorded, so it is not removed");
    }
    if (entry.run() != null) {
      runs.merge(entry.run(), missed(entry), Integer::sum);
    } else if (!Removal.SERVER_KINDS.contains(entry.kind())) {
      throw new LogDamagedException(
          "position "
              + row.position()
              + ": an entry of the kind "
              + entry.kind()
              + " is never removed");
    }
  }

  private static int missed(StoredEntry entry) {
    if (entry.kind().equals(DUE)) {
      Evidence.Due due = EvidenceJson.read(entry.body(), Evidence.Due.class);
      return due.missed() ? due.times() : 0;
    }
    return entry.kind().equals(PASSED_OVER)
        ? EvidenceJson.read(entry.body(), Evidence.DuePassedOver.class).times()
        : 0;
  }
}
