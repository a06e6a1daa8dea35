package io.pgproof.evidence.log;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.Trees;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.ServerHistory.RecordedDamage;
import io.pgproof.evidence.log.LogTable.Leaf;
import io.pgproof.evidence.log.LogTable.StoredCheckpoint;
import io.pgproof.proof.FailureLog;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.NoteKey;
import io.pgproof.tlog.SignedNote;
import io.pgproof.tlog.Tiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes committed entries of the evidence into the log. A lock in the database keeps other
 * processes out, so several may do this on one database. Thread-safe.
 *
 * <p>A batch is one transaction: positions and leaves, the tiles on disk, and a signed checkpoint
 * in the database; when all of this is durable, the checkpoint on disk is replaced. So the
 * checkpoint on disk is never ahead of the database, unless the database has lost what it had
 * committed. If something is damaged or does not fit, the log takes nothing and changes nothing.
 */
public final class EvidenceSequencer {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceSequencer.class);
  private static final int BATCH = 5_000;
  private static final int TOLD = 100_000;

  /** Entries that are compared with positions which the database has lost. */
  private static final int MOST_MATCHED = 1_000_000;

  /** Longer than any transaction that records evidence. */
  private static final Duration SETTLED_AFTER = Duration.ofHours(1);

  private static final String MOVE_AWAY =
      "\nHINT: move the directory away and keep it; pgproof then builds it again from the database, with a new key";

  private final LogTable table;
  private final EvidenceLog evidenceLog;
  private final ServerHistory history;
  private final TransactionTemplate transactions;
  private final LogDirectory directory;
  private final String identity;
  private final Clock clock;
  private volatile @Nullable String damage;

  /** The id of the entry that this process has taken last. */
  private long newest;

  /** Whether the last look at the files of the log found them sound. */
  private boolean looked;

  /** What was verified or signed last: each pass meets the checkpoint of the pass before it. */
  private @Nullable Verified verified;

  /** The checkpoint in the database that its leaves do not fit; looked at only once. */
  private @Nullable String notRebuilt;

  /**
   * @param directory of keys, tiles and checkpoint; need not exist
   * @param identity of the state directory; part of the name of a new log
   */
  public EvidenceSequencer(
      DataSource database, EvidenceLog evidenceLog, Path directory, String identity, Clock clock) {
    this.table = new LogTable(database);
    this.evidenceLog = evidenceLog;
    this.history = new ServerHistory(evidenceLog);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    this.directory = new LogDirectory(directory);
    this.identity = identity;
    this.clock = clock;
  }

  /**
   * Takes all committed entries that the log does not have. A failure is logged, and the next call
   * tries again; a damage is also recorded as evidence.
   *
   * @param all whether to look for old entries, too, which a slow transaction has committed late
   */
  public synchronized void take(boolean all) {
    take(all ? Reach.ALL : Reach.UNSETTLED);
  }

  /**
   * Takes the entries after the last one that this process has taken. It costs least; it misses an
   * entry with a smaller id that was committed later, which {@link #take} finds.
   */
  public synchronized void takeNew() {
    take(Reach.NEW);
  }

  /** Where a pass looks for entries. */
  private enum Reach {
    NEW,
    UNSETTLED,
    ALL
  }

  private void take(Reach reach) {
    try {
      long taken = 0;
      Batch batch = takeBatch(reach, reach == Reach.NEW ? newest : 0);
      while (batch.entries() > 0) {
        newest = batch.lastId();
        long before = taken;
        taken += batch.entries();
        if (taken / TOLD > before / TOLD) {
          LOG.info("taking evidence into its log: {} entries so far", taken);
        }
        // Not from the beginning: each batch would look at all that were taken before it.
        batch = takeBatch(reach, batch.lastId());
      }
      if (damage != null) {
        LOG.info("the evidence log takes entries again");
        damage = null;
      }
    } catch (LogDamagedException e) {
      tell(String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      FailureLog.log(LOG, "evidence could not be taken into its log; pgproof will try again", e);
    }
  }

  /** What the log signs besides its checkpoints. */
  @FunctionalInterface
  interface Statement {
    /**
     * @param log name of the log
     */
    String text(String log);
  }

  /**
   * Signs a statement with the key of the log.
   *
   * @return the last line of the signed note, with its newline
   * @throws LogDamagedException when the log takes no entries
   */
  synchronized String sign(Statement statement) throws IOException {
    return inTransaction(
        () -> {
          table.lock();
          LogKey.Signing key = open().key();
          String text = statement.text(key.key().note().name());
          return SignedNote.sign(text, key.key().note(), key.secret()).substring(text.length() + 1);
        });
  }

  /** Returns why the log takes no entries; empty if it does. */
  public Optional<String> damage() {
    return Optional.ofNullable(damage);
  }

  /**
   * Returns the last checkpoint as the log signed it. Power loss cannot take back what it is over.
   * It is empty before the first entries are taken, and if it cannot be read.
   */
  public Optional<String> checkpoint() {
    try {
      return directory.exists() ? directory.checkpoint() : Optional.empty();
    } catch (IOException e) {
      FailureLog.log(LOG, "the checkpoint of the evidence log cannot be read", e);
      return Optional.empty();
    }
  }

  private void tell(String what) {
    if (what.equals(damage)) {
      return;
    }
    damage = what;
    LOG.error("the evidence log takes no entries: {}", what);
    String plain = what.replaceFirst("(?s)\nHINT: .*", "");
    try {
      if (history.lastLogDamage().filter(last -> isTheSame(last, plain)).isEmpty()) {
        new ServerEvent.LogDamaged(plain).record(evidenceLog, EvidenceLog.PGPROOF);
      }
    } catch (DataAccessException | TransactionException e) {
      FailureLog.log(LOG, "the damage of the evidence log could not be recorded", e);
    }
  }

  /**
   * Returns whether the recorded damage is this one, and was not repaired since. While a damage
   * lasts, the log does not take the entry that names it.
   */
  private boolean isTheSame(RecordedDamage last, String plain) {
    return last.damage().what().equals(plain) && table.logged(last.entry()).isEmpty();
  }

  /** Carries an exception out of a transaction, which is rolled back. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private <T> T inTransaction(Step<T> step) throws IOException {
    try {
      return Objects.requireNonNull(
          transactions.execute(
              transaction -> {
                try {
                  return step.run();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  /**
   * Entries that were taken.
   *
   * @param lastId the greatest id of them
   * @param signed checkpoint that is not on disk yet
   */
  private record Batch(int entries, long lastId, Optional<String> signed) {}

  /** Takes the next entries after an id. */
  private Batch takeBatch(Reach reach, long after) throws IOException {
    Batch batch =
        inTransaction(
            () -> {
              long settled = table.lock();
              long from = Math.max(after, reach == Reach.ALL ? 0 : settled);
              // Most passes find nothing to take, and need not look at the files.
              if (looked && reach != Reach.ALL && table.missing(from, 1).isEmpty()) {
                settle(reach, settled);
                return new Batch(0, after, Optional.empty());
              }
              looked = false;
              Opened opened = open();
              looked = true;
              List<StoredEntry> entries = table.missing(from, BATCH);
              if (entries.isEmpty()) {
                settle(reach, settled);
                return new Batch(0, after, opened.unwritten());
              }
              return new Batch(
                  entries.size(),
                  entries.get(entries.size() - 1).id(),
                  Optional.of(append(opened, entries)));
            });
    if (batch.signed().isPresent()) {
      // If the write fails, the next pass looks at the files and writes it.
      looked = false;
      evidenceLog.awaitDurable();
      directory.writeCheckpoint(batch.signed().get());
      looked = true;
    }
    return batch;
  }

  private void settle(Reach reach, long settled) {
    // It reads all entries that are not settled.
    if (reach != Reach.NEW) {
      table.settle(settled, clock.instant().minus(SETTLED_AFTER));
    }
  }

  private String append(Opened opened, List<StoredEntry> entries) throws IOException {
    List<Leaf> leaves =
        entries.stream()
            .map(entry -> new Leaf(entry.id(), entry.leaf(StoredEntry.LINE_VERSION)))
            .toList();
    Tiles tiles = opened.tiles();
    table.add(tiles.size(), leaves);
    tiles.append(leaves.stream().map(Leaf::hash).toList());
    Checkpoint checkpoint =
        new Checkpoint(opened.key().key().note().name(), tiles.size(), tiles.tree().root());
    String signed = checkpoint.sign(opened.key().key().note(), opened.key().secret());
    verified = new Verified(signed, opened.keys(), checkpoint);
    table.add(
        new StoredCheckpoint(tiles.size(), clock.instant().truncatedTo(ChronoUnit.MICROS), signed));
    return signed;
  }

  /**
   * The log, after its parts were found to fit.
   *
   * @param unwritten a checkpoint of the database that is not on disk, because a crash came between
   */
  private record Opened(
      LogKey.Signing key, List<LogKey> keys, Tiles tiles, Optional<String> unwritten) {}

  private Opened open() throws IOException {
    Optional<StoredCheckpoint> stored = table.lastCheckpoint();
    long size = table.size();
    if (stored.isPresent() ? stored.get().size() != size : size != 0) {
      throw new LogDamagedException(
          "the database has "
              + size
              + " positions of the log, and its last checkpoint is over "
              + stored.map(StoredCheckpoint::size).orElse(0L));
    }
    if (stored.isPresent() && !directory.exists()) {
      rebuild(stored.get());
    }
    LogKey.Signing key = key(stored.isEmpty());
    List<LogKey> keys = directory.publicKeys();
    Optional<String> written = directory.checkpoint();
    if (written.isEmpty() && stored.isEmpty()) {
      return new Opened(key, keys, directory.tiles(0), Optional.empty());
    }
    Path file = directory.path().resolve("checkpoint");
    if (written.isEmpty() && table.hasSeveralCheckpoints()) {
      throw new LogDamagedException(file + " is missing" + MOVE_AWAY);
    }
    Optional<Checkpoint> onDisk = written.map(text -> verified(text, keys, file.toString()));
    onDisk.ifPresent(checkpoint -> requireTiles(checkpoint, file.toString()));
    stored
        .map(StoredCheckpoint::note)
        .filter(note -> !written.equals(Optional.of(note)))
        .ifPresent(
            note -> {
              String where = "the last checkpoint in the database";
              requireTiles(verified(note, keys, where), where);
            });
    long ahead = onDisk.map(Checkpoint::size).orElse(0L) - size;
    if (ahead > 0) {
      return adopt(key, keys, size, onDisk.orElseThrow(), written.orElseThrow());
    }
    return new Opened(
        key,
        keys,
        directory.tiles(size),
        ahead < 0 ? stored.map(StoredCheckpoint::note) : Optional.empty());
  }

  /** A checkpoint that one of the keys has signed. */
  private record Verified(String signed, List<LogKey> keys, Checkpoint checkpoint) {}

  private Checkpoint verified(String signed, List<LogKey> keys, String where) {
    Verified known = verified;
    if (known == null || !known.signed().equals(signed) || !known.keys().equals(keys)) {
      known = new Verified(signed, keys, LogDirectory.verified(signed, keys, where));
      verified = known;
    }
    return known.checkpoint();
  }

  private void requireTiles(Checkpoint checkpoint, String where) {
    Checkpoint tiles =
        new Checkpoint(
            checkpoint.origin(),
            checkpoint.size(),
            directory.tiles(checkpoint.size()).tree().root());
    if (!tiles.isSame(checkpoint)) {
      throw new LogDamagedException(
          "the tiles in " + directory.path() + " do not fit " + where + MOVE_AWAY);
    }
  }

  private LogKey.Signing key(boolean first) throws IOException {
    Optional<LogKey.Signing> present = directory.signingKey();
    List<ServerEvent.LogKeyCreated> recorded = history.logKeys();
    Optional<ServerEvent.LogKeyCreated> last =
        recorded.isEmpty() ? Optional.empty() : Optional.of(recorded.get(recorded.size() - 1));
    if (present.isEmpty()) {
      if (!first) {
        throw new LogDamagedException(
            directory.path().resolve(LogDirectory.PRIVATE_KEY) + " is missing" + MOVE_AWAY);
      }
      return create(last, "first start of the evidence log");
    }
    LogKey key = present.get().key();
    directory.completePublicKey(key);
    boolean known =
        last.isEmpty()
            || directory.publicKeys().stream()
                .anyMatch(other -> other.note().verifierKey().equals(last.get().verifierKey()));
    if (!known) {
      throw new LogDamagedException(
          directory.path()
              + " has the key "
              + key.id()
              + ", and by the evidence the key is "
              + last.get().key()
              + MOVE_AWAY);
    }
    if (!key.validUntil().isAfter(clock.instant())) {
      return create(last, "the key before it expired");
    }
    record(key, last, "the database did not have it");
    return present.get();
  }

  private LogKey.Signing create(Optional<ServerEvent.LogKeyCreated> last, String because)
      throws IOException {
    String name =
        last.map(key -> key.verifierKey().replaceFirst("\\+.*", "")).orElse("pgproof/" + identity);
    LogKey.Signing created = LogKey.Signing.create(name, clock.instant());
    directory.writeSigningKey(created);
    record(created.key(), last, because);
    return created;
  }

  private void record(LogKey key, Optional<ServerEvent.LogKeyCreated> last, String because) {
    if (last.filter(known -> known.verifierKey().equals(key.note().verifierKey())).isEmpty()) {
      new ServerEvent.LogKeyCreated(
              key.id(),
              key.note().verifierKey(),
              key.validFrom(),
              key.validUntil(),
              last.map(ServerEvent.LogKeyCreated::key).orElse(null),
              because)
          .record(evidenceLog, EvidenceLog.PGPROOF);
    }
  }

  /** Builds the directory from the database, whose last checkpoint shows whether it is right. */
  private void rebuild(StoredCheckpoint stored) throws IOException {
    if (stored.note().equals(notRebuilt)) {
      throw new LogDamagedException(leavesDoNotFit());
    }
    List<ServerEvent.LogKeyCreated> recorded = history.logKeys();
    List<LogKey> keys =
        recorded.stream()
            .map(
                key ->
                    new LogKey(NoteKey.parse(key.verifierKey()), key.validFrom(), key.validUntil()))
            .toList();
    Checkpoint last =
        LogDirectory.verified(stored.note(), keys, "the last checkpoint in the database");
    LogDirectory unfinished =
        new LogDirectory(directory.path().resolveSibling(directory.path().getFileName() + ".new"));
    Trees.remove(unfinished.path());
    Tiles tiles = unfinished.tiles(0);
    while (tiles.size() < stored.size()) {
      tiles.append(table.leaves(tiles.size(), BATCH));
    }
    if (!new Checkpoint(last.origin(), tiles.size(), tiles.tree().root()).isSame(last)) {
      notRebuilt = stored.note();
      Trees.remove(unfinished.path());
      throw new LogDamagedException(leavesDoNotFit());
    }
    for (LogKey key : keys) {
      unfinished.writeFormerKey(key);
    }
    LogKey.Signing created = LogKey.Signing.create(last.origin(), clock.instant());
    unfinished.writeSigningKey(created);
    unfinished.writeCheckpoint(stored.note());
    directory.replaceBy(unfinished);
    LOG.warn("{} was missing; it was built again from the database", directory.path());
    record(
        created.key(),
        Optional.of(recorded.get(recorded.size() - 1)),
        "the directory of the evidence log was missing and was built again from the database");
  }

  private String leavesDoNotFit() {
    return directory.path()
        + " is missing and cannot be built again, because the leaves in the database do not fit its last checkpoint"
        + "\nHINT: restore both from backups of the same time";
  }

  /**
   * Takes the positions that only the tiles have into the database. An entry that is still there
   * belongs to its position; the other positions get none.
   */
  private Opened adopt(
      LogKey.Signing key, List<LogKey> keys, long size, Checkpoint onDisk, String signed) {
    Tiles tiles = directory.tiles(onDisk.size());
    Map<ByteBuffer, Long> present = missingByLeaf();
    long lost = 0;
    for (long position = size; position < onDisk.size(); ) {
      List<Leaf> leaves = new ArrayList<>();
      for (; leaves.size() < BATCH && position < onDisk.size(); position++) {
        byte[] hash = tiles.hash(0, position);
        Long entry = present.remove(ByteBuffer.wrap(hash));
        lost += entry == null ? 1 : 0;
        leaves.add(new Leaf(entry, hash));
      }
      table.add(position - leaves.size(), leaves);
    }
    table.add(
        new StoredCheckpoint(
            onDisk.size(), clock.instant().truncatedTo(ChronoUnit.MICROS), signed));
    ServerEvent.LogEntriesLost event =
        new ServerEvent.LogEntriesLost(size, onDisk.size() - 1, lost);
    LOG.error("pgproof {}", event.describe());
    event.record(evidenceLog, EvidenceLog.PGPROOF);
    return new Opened(key, keys, tiles, Optional.empty());
  }

  private Map<ByteBuffer, Long> missingByLeaf() {
    Map<ByteBuffer, Long> leaves = new HashMap<>();
    long after = 0;
    while (leaves.size() < MOST_MATCHED) {
      List<StoredEntry> entries = table.missing(after, BATCH);
      if (entries.isEmpty()) {
        break;
      }
      for (StoredEntry entry : entries) {
        leaves.put(ByteBuffer.wrap(entry.leaf(StoredEntry.LINE_VERSION)), entry.id());
        after = entry.id();
      }
    }
    return leaves;
  }
}
