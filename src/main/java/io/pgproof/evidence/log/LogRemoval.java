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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
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

  /** More ranges are named by several entries, each of a text of some 10 KiB. */
  private static final int MOST_RANGES = 1_000;

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

  /**
   * Returns the recorded export that has most positions; empty if the log names none.
   *
   * @throws LogDamagedException while a removal that was recorded is not in the log
   */
  public Optional<Export> export() {
    sequencer.take(false);
    requireTaken();
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
   * Removes entries; one entry of the log names them, or several if they are many ranges.
   *
   * @param before all of them were recorded before this time
   * @param positions where they are in the log: all entries of runs, and of events of {@link
   *     #serverKinds}
   * @param export has them
   * @param by who removes them
   * @throws LogDamagedException when one of these entries is not what was recorded; then nothing
   *     was removed. Also when the log takes no entries; then a removal that was recorded is
   *     finished by {@link #finish} after the log has taken it
   */
  public void remove(Instant before, Collection<Long> positions, Export export, String by)
      throws IOException {
    requireTaken();
    for (Part part : parts(Positions.of(positions))) {
      remove(before, part, export, by);
    }
  }

  private void remove(Instant before, Part part, Export export, String by) throws IOException {
    String signature = sequencer.sign(log -> Removal.text(log, part.removed(before, export, "")));
    EvidenceRemoved event = part.removed(before, export, signature);
    requireSound(event, by);
    event.record(evidenceLog, by);
    sequencer.take(false);
    if (sequencer.damage().isPresent()) {
      throw new LogDamagedException(sequencer.damage().get());
    }
    requireTaken();
    finishTaken();
  }

  /** What one entry names. */
  private record Part(Positions positions, int runs) {
    EvidenceRemoved removed(Instant before, Export export, String signature) {
      return new EvidenceRemoved(
          before,
          runs,
          positions.size(),
          positions.text(),
          export.sha256(),
          export.positions(),
          signature);
    }
  }

  /** Divides positions so that one entry names all of a run. */
  private List<Part> parts(Positions named) {
    Map<String, Positions> ofRuns = new LinkedHashMap<>();
    List<Positions> ofServer = new ArrayList<>();
    inspect(
        named,
        new Positions(),
        (position, entry) -> {
          if (entry.run() == null) {
            ofServer.add(Positions.of(List.of(position)));
          } else {
            ofRuns.computeIfAbsent(entry.run(), run -> new Positions()).add(position);
          }
        });
    if (named.rangeCount() <= MOST_RANGES) {
      return List.of(new Part(named, ofRuns.size()));
    }
    List<Part> parts = new ArrayList<>(packed(ofRuns.values(), 1));
    parts.addAll(packed(ofServer, 0));
    return parts;
  }

  private static List<Part> packed(Collection<Positions> pieces, int runsOfEach) {
    List<Part> parts = new ArrayList<>();
    Positions positions = new Positions();
    int runs = 0;
    for (Positions piece : pieces) {
      if (!positions.isEmpty() && positions.rangeCount() + piece.rangeCount() > MOST_RANGES) {
        parts.add(new Part(positions, runs));
        positions = new Positions();
        runs = 0;
      }
      positions.addAll(piece);
      runs += runsOfEach;
    }
    if (!positions.isEmpty()) {
      parts.add(new Part(positions, runs));
    }
    return parts;
  }

  /** Requires that the entry can be read and acted upon, because it stays in the log for ever. */
  private void requireSound(EvidenceRemoved event, String by) throws IOException {
    List<String> problems =
        Removal.read(0, Long.MAX_VALUE, clock.instant(), by, EvidenceJson.write(event))
            .problems(table.exports(), directory.publicKeys());
    if (!problems.isEmpty()) {
      throw new LogDamagedException(String.join("; ", problems));
    }
  }

  /** Until then nobody knows what it removes, and it could be recorded twice. */
  private void requireTaken() {
    if (table.hasWaitingRemoval()) {
      throw new LogDamagedException(
          "the entry about a removal was recorded, but the evidence log has not taken it yet;"
              + " nothing more is removed until it has, and the log of the server says what is wrong");
    }
  }

  /**
   * Removes the rows of all removals that are recorded and not finished.
   *
   * @throws LogDamagedException when an entry names what it may not, or the log does not take it
   */
  public void finish() throws IOException {
    sequencer.take(false);
    finishTaken();
    requireTaken();
  }

  private void finishTaken() throws IOException {
    Set<Long> finished = table.finishedRemovals();
    List<String> unreadable = new ArrayList<>();
    List<Removal> removals = table.removals(unreadable::add);
    if (!unreadable.isEmpty()) {
      throw new LogDamagedException(String.join("; ", unreadable));
    }
    Positions gone = new Positions();
    removals.stream()
        .filter(removal -> finished.contains(removal.entry()))
        .forEach(removal -> gone.addAll(removal.positions()));
    for (Removal removal : removals) {
      if (!finished.contains(removal.entry())) {
        finish(removal, gone);
        gone.addAll(removal.positions());
      }
    }
  }

  /**
   * @param gone positions that finished removals name
   */
  private void finish(Removal removal, Positions gone) throws IOException {
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
          Positions present = new Positions();
          Map<String, Integer> runs = new HashMap<>();
          long before =
              inspect(
                  removal.positions(),
                  gone,
                  (position, entry) -> {
                    present.add(position);
                    if (entry.run() != null) {
                      runs.merge(entry.run(), missed(entry), Integer::sum);
                    }
                  });
          long removed =
              table.remove(removal, clock.instant().truncatedTo(ChronoUnit.MICROS), present, runs);
          if (before + removed != removal.event().entries()) {
            throw new LogDamagedException(
                "the removal entry at position "
                    + removal.position()
                    + " names "
                    + removal.event().entries()
                    + " entries, and "
                    + (before + removed)
                    + " are there");
          }
        });
    evidenceLog.awaitDurable();
  }

  /**
   * Requires that the entries are what was recorded, so that no removal covers up a change, and
   * that they are of kinds that may go.
   *
   * @param gone positions whose entries need not be there
   * @param present gets each entry that is there
   * @return how many are not there
   */
  private long inspect(Positions positions, Positions gone, BiConsumer<Long, StoredEntry> present) {
    long missing = 0;
    for (Positions.Range range : positions.ranges()) {
      long next = range.first();
      while (next <= range.last()) {
        List<Row> rows = table.rows(next, range.last() + 1, BATCH);
        for (Row row : rows) {
          if (row.stored() == null && gone.contains(row.position())) {
            missing++;
          } else {
            present.accept(row.position(), inspected(row));
          }
        }
        if (rows.isEmpty()) {
          throw new LogDamagedException("position " + next + " was removed from pgproof_log");
        }
        next = rows.get(rows.size() - 1).position() + 1;
      }
    }
    return missing;
  }

  private static StoredEntry inspected(Row row) {
    StoredEntry entry = row.stored();
    byte[] computed = row.computed();
    if (entry == null || computed == null || !Arrays.equals(computed, row.leaf())) {
      throw new LogDamagedException(
          "position "
              + row.position()
              + ": the entry is not what was recorded, so it is not removed");
    }
    if (entry.run() == null && !Removal.SERVER_KINDS.contains(entry.kind())) {
      throw new LogDamagedException(
          "position "
              + row.position()
              + ": an entry of the kind "
              + entry.kind()
              + " is never removed");
    }
    return entry;
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
