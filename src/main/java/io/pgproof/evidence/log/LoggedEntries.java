package io.pgproof.evidence.log;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.AnchorHistory;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.evidence.log.LogTable.Logged;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.LogProof;
import io.pgproof.tlog.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Reads entries of the evidence as the log holds them, each with the proof that it does. Changes
 * nothing. Thread-safe.
 */
public final class LoggedEntries {
  private final LogTable table;
  private final LogDirectory directory;
  private final AnchorHistory anchors;

  /**
   * @param directory of the log
   */
  public LoggedEntries(DataSource database, EvidenceLog evidenceLog, Path directory) {
    this.table = new LogTable(database);
    this.anchors = new AnchorHistory(evidenceLog);
    this.directory = new LogDirectory(directory);
  }

  /**
   * Entries under one checkpoint, in the order of the log.
   *
   * @param checkpoint as the log signed it
   * @param size number of entries in the log
   * @param key public half of the key that signed the checkpoint, as text with its validity
   * @param stamp of the checkpoint by a time-stamping authority; empty if it has none
   */
  public record Proven(
      String origin,
      long size,
      String checkpoint,
      String key,
      List<Entry> entries,
      Optional<LogAnchored.Stamp> stamp) {
    public Proven {
      entries = List.copyOf(entries);
    }
  }

  /**
   * One entry.
   *
   * @param id of its row
   * @param line from which its leaf is computed; without a newline
   */
  public record Entry(long id, String kind, String line, LogProof proof) {}

  /**
   * Returns those entries of a run that the log has, and further ones. They are under the last
   * checkpoint that a time-stamping authority has stamped if it is over all of them, and otherwise
   * under the last one.
   *
   * @param further ids of entries that are not the run's
   * @throws LogDamagedException when an entry, the tiles or the checkpoint do not fit each other
   */
  public Proven ofRun(String run, Collection<Long> further) throws IOException {
    String signed =
        directory
            .checkpoint()
            .orElseThrow(
                () ->
                    new LogDamagedException(
                        directory.path().resolve("checkpoint") + " is missing"));
    LogKey key = signerOf(signed);
    Checkpoint checkpoint = Checkpoint.parse(signed, key.note());
    List<Logged> logged = new ArrayList<>(table.loggedOf(run));
    further.forEach(entry -> logged.addAll(table.logged(entry)));
    Optional<LogAnchored> anchored = stamped(logged, checkpoint.size());
    if (anchored.isPresent()) {
      signed = anchored.get().checkpoint();
      key = signerOf(signed);
      checkpoint = Checkpoint.parse(signed, key.note());
    }
    MerkleTree tree = directory.tiles(checkpoint.size()).tree();
    List<Entry> entries = new ArrayList<>();
    for (Logged each : logged) {
      if (each.position() < checkpoint.size()) {
        entries.add(prove(each, tree, signed, key));
      }
    }
    entries.sort(Comparator.comparingLong(entry -> entry.proof().index()));
    return new Proven(
        checkpoint.origin(),
        checkpoint.size(),
        signed,
        key.text(),
        entries,
        anchored.map(LogAnchored::timestamp));
  }

  /** Returns the last stamped checkpoint if it is over all of these entries and fits the tiles. */
  private Optional<LogAnchored> stamped(List<Logged> logged, long size) throws IOException {
    Optional<LogAnchored> last = anchors.lastStamped();
    if (last.isEmpty()
        || last.get().size() > size
        || logged.stream().anyMatch(each -> each.position() >= last.get().size())) {
      return Optional.empty();
    }
    try {
      String signed = last.get().checkpoint();
      Checkpoint checkpoint = Checkpoint.parse(signed, signerOf(signed).note());
      return last.filter(
          anchored ->
              Arrays.equals(checkpoint.root(), directory.tiles(checkpoint.size()).tree().root()));
    } catch (LogDamagedException e) {
      // The verification of the log says so; the last checkpoint proves the entries, too.
      return Optional.empty();
    }
  }

  private static Entry prove(Logged logged, MerkleTree tree, String signed, LogKey key) {
    String line = logged.entry().line(logged.lineVersion());
    LogProof proof = new LogProof(logged.position(), tree.inclusion(logged.position()), signed);
    try {
      proof.requireIncluded(MerkleTree.leaf(line.getBytes(StandardCharsets.UTF_8)), key.note());
    } catch (LogDamagedException e) {
      throw new LogDamagedException(
          "entry "
              + logged.entry().id()
              + " ("
              + logged.entry().kind()
              + ") is not what the evidence log holds at position "
              + logged.position()
              + "; the entry was changed since, or the log is damaged");
    }
    return new Entry(logged.entry().id(), logged.entry().kind(), line, proof);
  }

  private LogKey signerOf(String signed) throws IOException {
    LogDamagedException failure = new LogDamagedException("there is no public key of the log");
    for (LogKey key : directory.publicKeys()) {
      try {
        Checkpoint.parse(signed, key.note());
        return key;
      } catch (LogDamagedException e) {
        failure = e;
      }
    }
    throw failure;
  }
}
