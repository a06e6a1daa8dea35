package io.pgproof.evidence.log;

import io.pgproof.evidence.log.LogTable.Logged;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.LogProof;
import io.pgproof.tlog.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import javax.sql.DataSource;

/**
 * Reads entries of the evidence as the log holds them, each with the proof that it does. Changes
 * nothing. Thread-safe.
 */
public final class LoggedEntries {
  private final LogTable table;
  private final LogDirectory directory;

  /**
   * @param directory of the log
   */
  public LoggedEntries(DataSource database, Path directory) {
    this.table = new LogTable(database);
    this.directory = new LogDirectory(directory);
  }

  /**
   * Entries under one checkpoint, in the order of the log.
   *
   * @param checkpoint as the log signed it
   * @param size number of entries in the log
   * @param key public half of the key that signed the checkpoint, as text with its validity
   */
  public record Proven(
      String origin, long size, String checkpoint, String key, List<Entry> entries) {
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
   * Returns those entries of a run that the log has, and further ones.
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
    MerkleTree tree = directory.tiles(checkpoint.size()).tree();
    List<Logged> logged = new ArrayList<>(table.loggedOf(run));
    further.forEach(entry -> logged.addAll(table.logged(entry)));
    List<Entry> entries = new ArrayList<>();
    for (Logged each : logged) {
      if (each.position() < checkpoint.size()) {
        entries.add(prove(each, tree, signed, key));
      }
    }
    entries.sort(Comparator.comparingLong(entry -> entry.proof().index()));
    return new Proven(checkpoint.origin(), checkpoint.size(), signed, key.text(), entries);
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
