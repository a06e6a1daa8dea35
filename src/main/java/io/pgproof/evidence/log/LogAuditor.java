package io.pgproof.evidence.log;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.log.LogTable.Anchored;
import io.pgproof.evidence.log.LogTable.Row;
import io.pgproof.evidence.log.LogTable.StoredCheckpoint;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.TileComparison;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the whole evidence log: computes each leaf again from its entry, the tree from the
 * leaves, and compares them with all checkpoints, with the tiles and with the checkpoint on disk.
 * It reads in batches, so it needs little memory; evidence may be recorded and removed in the
 * meantime.
 */
public final class LogAuditor {
  private static final int BATCH = 5_000;
  private static final int ANCHORS = 500;
  private static final int MOST_COMPARED = 1_000;

  private final LogTable table;
  private final ServerHistory history;
  private final LogDirectory directory;
  private final EvidenceSequencer sequencer;
  private final Path anchors;

  /**
   * @param anchors directory of the time stamps; need not exist
   * @param sequencer takes what is recorded before the log is verified
   */
  public LogAuditor(
      DataSource database,
      EvidenceLog evidenceLog,
      Path directory,
      Path anchors,
      EvidenceSequencer sequencer) {
    this.table = new LogTable(database);
    this.history = new ServerHistory(evidenceLog);
    this.directory = new LogDirectory(directory);
    this.sequencer = sequencer;
    this.anchors = anchors;
  }

  /**
   * Verifies the log.
   *
   * @param kept a signed checkpoint that somebody kept elsewhere; null for none
   * @param progress gets the number of positions that were looked at, from time to time
   */
  public LogAudit verify(@Nullable String kept, LongConsumer progress) throws IOException {
    sequencer.take(true);
    return new Pass(kept).run(progress);
  }

  /** One verification. */
  private final class Pass {
    private final AuditFindings findings = new AuditFindings();
    private final AnchorClaims claims = new AnchorClaims(findings);
    private final Deque<StoredCheckpoint> checkpoints = new ArrayDeque<>();
    private final Map<ByteBuffer, Long> positionsOfLeaves = new HashMap<>();
    private final Map<Long, Row> changed = new TreeMap<>();
    private final Map<Long, byte[]> roots = new HashMap<>();
    private final Positions finished = new Positions();
    private final Positions unfinished = new Positions();
    private final Set<Long> removals = new HashSet<>();
    private final @Nullable String kept;
    private Optional<Checkpoint> keptCheckpoint = Optional.empty();

    Pass(@Nullable String kept) {
      this.kept = kept;
    }

    LogAudit run(LongConsumer progress) throws IOException {
      sequencer.damage().ifPresent(what -> findings.problem(plain(what)));
      List<LogKey> keys = keys();
      findings.keys(keys);
      addRemovals(table.finishedRemovals());
      // First the disk, which is never ahead of the database.
      Optional<Checkpoint> onDisk = onDisk(keys);
      keptCheckpoint = read(kept, keys, "the checkpoint that was kept");
      long size = table.size();
      addAnchors(size);
      compareLeaves(size, onDisk, progress);
      claims.end();
      if (table.lastCheckpoint().map(StoredCheckpoint::size).orElse(0L) < size) {
        findings.problem(
            "the last checkpoint in the database is not over all " + size + " positions");
      }
      tellChanged();
      onDisk.ifPresent(checkpoint -> compare(checkpoint, size, "the checkpoint on disk"));
      keptCheckpoint.ifPresent(
          checkpoint -> compare(checkpoint, size, "the checkpoint that was kept"));
      return findings.audit(table.countMissing(), claims.lines());
    }

    private void addAnchors(long size) throws IOException {
      long next = 0;
      List<Anchored> entries = table.anchors(next, size, ANCHORS);
      while (!entries.isEmpty()) {
        for (Anchored entry : entries) {
          claims.add(entry.position(), entry.at(), entry.body());
          next = entry.position() + 1;
        }
        entries = table.anchors(next, size, ANCHORS);
      }
      claims.addFiles(anchors);
    }

    /**
     * Adds the removals that are not known yet.
     *
     * @param done those whose entries cannot be there any more
     */
    private void addRemovals(Set<Long> done) {
      table.exports().forEach(findings::export);
      for (Removal removal : table.removals(findings::problem)) {
        if (removals.add(removal.entry())) {
          findings.removal(removal);
          (done.contains(removal.entry()) ? finished : unfinished).addAll(removal.positions());
        }
      }
    }

    /** A removal is one transaction, so what these rows lack is named by an entry by now. */
    private void addRemovalsMeanwhile(List<Row> rows) {
      if (rows.stream()
          .anyMatch(
              row ->
                  row.entry() != null
                      && row.stored() == null
                      && !findings.isNamed(row.position()))) {
        // Not as finished: the rows may be older than the end of another removal.
        addRemovals(Set.of());
      }
    }

    private List<LogKey> keys() throws IOException {
      List<LogKey> keys;
      try {
        keys = directory.exists() ? directory.publicKeys() : List.of();
      } catch (LogDamagedException e) {
        findings.problem(String.valueOf(e.getMessage()));
        return List.of();
      }
      List<String> recorded =
          history.logKeys().stream().map(ServerEvent.LogKeyCreated::verifierKey).toList();
      for (LogKey key : keys) {
        if (!recorded.contains(key.note().verifierKey())) {
          findings.problem(
              directory.path()
                  + " has the key "
                  + key.id()
                  + ", which no entry of the evidence names");
        }
      }
      return keys;
    }

    private Optional<Checkpoint> onDisk(List<LogKey> keys) throws IOException {
      Optional<String> text = directory.exists() ? directory.checkpoint() : Optional.empty();
      if (text.isEmpty() && table.size() > 0) {
        findings.problem(directory.path().resolve("checkpoint") + " is missing");
      }
      return read(text.orElse(null), keys, directory.path().resolve("checkpoint").toString());
    }

    private Optional<Checkpoint> read(@Nullable String text, List<LogKey> keys, String where) {
      if (text == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(LogDirectory.verified(text, keys, where));
      } catch (LogDamagedException e) {
        findings.problem(String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }

    private void compareLeaves(long size, Optional<Checkpoint> onDisk, LongConsumer progress)
        throws IOException {
      TileComparison tiles = new TileComparison(directory.path(), size, findings::problem);
      long next = 0;
      while (next < size) {
        List<Row> rows = table.rows(next, size, BATCH);
        addRemovalsMeanwhile(rows);
        for (Row row : rows) {
          for (; next < row.position(); next++) {
            removed(next, tiles);
          }
          compareLeaf(row);
          tiles.add(row.leaf());
          next++;
          afterPosition(onDisk);
        }
        if (rows.isEmpty()) {
          break;
        }
        progress.accept(next);
      }
      tiles.end();
    }

    private void removed(long position, TileComparison tiles) throws IOException {
      findings.atPosition("position " + position + " was removed from pgproof_log");
      byte[] none = new byte[32];
      findings.leaf(none);
      tiles.add(none);
    }

    private void compareLeaf(Row row) {
      if (row.entry() == null) {
        findings.lost(row.leaf());
        return;
      }
      if (row.stored() == null && findings.isNamed(row.position())) {
        findings.removed(row.leaf());
        return;
      }
      findings.leaf(row.leaf());
      byte[] computed = row.computed();
      if (row.stored() != null) {
        compareRemoval(row.position(), row.stored());
      }
      if (row.stored() == null) {
        findings.atPosition(
            "position "
                + row.position()
                + ": entry "
                + row.entry()
                + " was removed from pgproof_evidence");
      } else if (computed == null) {
        findings.atPosition(
            "position "
                + row.position()
                + ": pgproof_log names a version of the line that does not exist: "
                + row.version());
      } else if (!Arrays.equals(computed, row.leaf())) {
        if (changed.size() < MOST_COMPARED) {
          changed.put(row.position(), row);
          positionsOfLeaves.put(ByteBuffer.wrap(row.leaf()), row.position());
        } else {
          tellChanged(row);
        }
      }
    }

    private void compareRemoval(long position, StoredEntry entry) {
      boolean isFinished = finished.contains(position);
      if (!isFinished && !unfinished.contains(position)) {
        return;
      }
      if (entry.run() == null && !Removal.SERVER_KINDS.contains(entry.kind())) {
        findings.atPosition(
            "position "
                + position
                + ": a removal entry names an entry of the kind "
                + entry.kind()
                + ", which is never removed");
      } else if (isFinished) {
        findings.atPosition(
            "position " + position + ": a removal entry names an entry that is there again");
      }
    }

    private void tellChanged() {
      changed.values().forEach(this::tellChanged);
    }

    private void tellChanged(Row row) {
      StoredEntry entry = Objects.requireNonNull(row.stored());
      Long other = positionsOfLeaves.get(ByteBuffer.wrap(Objects.requireNonNull(row.computed())));
      findings.atPosition(
          "position "
              + row.position()
              + ": entry "
              + row.entry()
              + " ("
              + entry.kind()
              + (entry.run() == null ? "" : " of run " + entry.run())
              + ", "
              + entry.at()
              + ") "
              + (other == null
                  ? "is not what was recorded: the row or its leaf was changed"
                  : "belongs to position " + other + ": the order was changed"));
    }

    private void afterPosition(Optional<Checkpoint> onDisk) {
      claims.compare();
      long size = findings.size();
      for (Optional<Checkpoint> checkpoint : List.of(onDisk, keptCheckpoint)) {
        if (checkpoint.isPresent() && checkpoint.get().size() == size) {
          roots.put(size, findings.root());
        }
      }
      if (checkpoints.isEmpty()) {
        checkpoints.addAll(table.checkpoints(size - 1, BATCH));
      }
      StoredCheckpoint next = checkpoints.peek();
      if (next != null && next.size() == size) {
        checkpoints.remove();
        findings.checkpoint(
            next.note(), "the checkpoint over " + size + " positions of " + next.at());
      }
    }

    private void compare(Checkpoint checkpoint, long size, String where) {
      if (checkpoint.size() > size) {
        findings.problem(
            where
                + " is over "
                + checkpoint.size()
                + " positions, and the database has "
                + size
                + ": its newest entries were removed, or an older database was restored");
      } else if (!Arrays.equals(checkpoint.root(), roots.get(checkpoint.size()))) {
        findings.problem(
            where
                + " does not fit the leaves: the first "
                + checkpoint.size()
                + " positions are not what was signed");
      }
    }
  }

  private static String plain(String what) {
    return what.replaceFirst("(?s)\nHINT: .*", "");
  }
}
