package io.pgproof.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.EngineDatabase;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

class EvidenceSequencerTest {
  private static EngineDatabase postgres;

  @TempDir private Path place;
  private LogFixture h2;
  private LogFixture onPostgres;

  @BeforeAll
  static void start() {
    postgres = EngineDatabase.start();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @BeforeEach
  void aDatabase() {
    h2 = LogFixture.onH2(place);
  }

  private LogFixture on(String database) {
    if (database.equals("H2")) {
      return h2;
    }
    onPostgres = LogFixture.on(postgres, place);
    return onPostgres;
  }

  @AfterEach
  void closeThem() {
    h2.close();
    if (onPostgres != null) {
      onPostgres.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL"})
  void eachEntryIsALeafUnderASignedCheckpoint(String database) throws Exception {
    LogFixture log = on(database);
    log.record(300);
    assertThat(log.take()).isEmpty();
    log.record(2);
    assertThat(log.take()).isEmpty();
    assertThat(log.take()).isEmpty();

    assertThat(log.entries()).hasSize(303).doesNotHaveDuplicates().isSorted();
    Checkpoint checkpoint = log.checkpoint();
    assertThat(checkpoint.origin()).isEqualTo("pgproof/4b0d3a3e");
    assertThat(checkpoint.size()).isEqualTo(303);
    List<byte[]> leaves = new LogTable(log.database).leaves(0, 1000);
    MerkleTree tree = new LogDirectory(log.directory).tiles(303).tree();
    assertThat(MerkleTree.isIncluded(leaves.get(7), 7, 303, checkpoint.root(), tree.inclusion(7)))
        .isTrue();
    StoredEntry entry = new LogTable(log.database).missing(0, 1).stream().findFirst().orElse(null);
    assertThat(entry).isNull();
    assertThat(
            log.jdbc.queryForObject("select count(*) from pgproof_log_checkpoint", Integer.class))
        .isEqualTo(2);
    assertThat(log.events()).containsExactly("LogKeyCreated");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(log.directory.resolve("log.key"))))
        .isEqualTo("rw-------");
  }

  /** The commands of docs/evidence.md. */
  @Test
  void opensslVerifiesTheCheckpoint() throws Exception {
    h2.record(3);
    h2.take();
    String commands =
        "head -n 3 checkpoint > n && sed -n 's/^— [^ ]* //p' checkpoint | base64 -d | tail -c +5 > s"
            + " && openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in n -sigfile s";
    assertThat(Files.readString(Path.of("docs/evidence.md")))
        .contains(commands.replace(" && ", "\n").split("\n"));
    assertThat(run(commands)).contains("Verified Successfully");
    Files.writeString(
        h2.directory.resolve("checkpoint"),
        Files.readString(h2.directory.resolve("checkpoint")).replace("\n4\n", "\n5\n"));
    assertThat(run(commands)).doesNotContain("Verified Successfully");
  }

  private String run(String commands) throws Exception {
    Process shell =
        new ProcessBuilder("sh", "-c", commands)
            .directory(h2.directory.toFile())
            .redirectErrorStream(true)
            .start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL"})
  void anEntryThatIsCommittedAfterLaterOnesIsTaken(String database) throws Exception {
    LogFixture log = on(database);
    log.record(1);
    log.take();
    try (Connection slow = log.database.getConnection()) {
      slow.setAutoCommit(false);
      insert(slow);
      log.record(2);
      log.take();
      assertThat(log.entries()).hasSize(4);
      slow.commit();
    }
    log.take();
    assertThat(log.entries()).hasSize(5).doesNotHaveDuplicates();
    assertThat(log.entries().get(4)).isLessThan(log.entries().get(3));
    assertThat(log.checkpoint().size()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL"})
  void aPassOverNewEntriesLeavesALateOneToTheNextWiderPass(String database) throws Exception {
    LogFixture log = on(database);
    EvidenceSequencer sequencer = log.sequencer();
    log.record(1);
    sequencer.takeNew();
    assertThat(log.entries()).hasSize(2);
    try (Connection slow = log.database.getConnection()) {
      slow.setAutoCommit(false);
      insert(slow);
      log.record(2);
      sequencer.takeNew();
      slow.commit();
    }
    log.record(1);
    sequencer.takeNew();
    assertThat(log.entries()).hasSize(5).isSorted();
    sequencer.take(false);
    assertThat(log.entries()).hasSize(6).doesNotHaveDuplicates();
    assertThat(log.checkpoint().size()).isEqualTo(6);
  }

  /** One sequencer, which keeps what it has verified. */
  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "log.key", "log.pem"})
  void aPassNoticesAFileThatWasChangedSinceThePassBefore(String name) throws Exception {
    EvidenceSequencer sequencer = h2.sequencer();
    h2.record(1);
    sequencer.takeNew();
    h2.record(1);
    sequencer.takeNew();
    Path file = h2.directory.resolve(name);
    byte[] right = Files.readAllBytes(file);
    byte[] wrong = right.clone();
    // A character of the signature, or of the key.
    int at = new String(right, StandardCharsets.ISO_8859_1).stripTrailing().length() - 34;
    wrong[at] = (byte) (wrong[at] == 'A' ? 'B' : 'A');
    Files.write(file, wrong);

    h2.record(1);
    sequencer.takeNew();
    assertThat(sequencer.damage().orElseThrow()).contains(file.toString());
    assertThat(h2.entries()).hasSize(3);

    Files.write(file, right);
    sequencer.takeNew();
    assertThat(sequencer.damage()).isEmpty();
    // With the entry about the damage.
    assertThat(h2.entries()).hasSize(5);
  }

  /** Old entries are not looked at each time, but once a day. */
  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL"})
  void anEntryOfATransactionOfHoursIsTakenWhenAllAreLookedAt(String database) throws Exception {
    LogFixture log = on(database);
    log.record(1);
    log.take();
    try (Connection slow = log.database.getConnection()) {
      slow.setAutoCommit(false);
      insert(slow);
      log.record(2);
      log.take();
      log.later(Duration.ofHours(2));
      log.take();
      slow.commit();
    }
    log.take();
    assertThat(log.entries()).hasSize(4);
    log.sequencer().take(true);
    assertThat(log.entries()).hasSize(5).doesNotHaveDuplicates();
  }

  private static void insert(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "insert into pgproof_evidence (run, at, kind, schema_version, actor, body)"
              + " values ('20261201-030000-aaaa', current_timestamp, 'Noted', 1, 'ada', '{}')");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL"})
  void severalSequencersOnOneDatabaseTakeEachEntryOnce(String database) throws Exception {
    LogFixture log = on(database);
    log.record(1);
    log.take();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> work =
          IntStream.range(0, 4)
              .mapToObj(
                  i ->
                      (Callable<String>)
                          () -> {
                            StringBuilder damages = new StringBuilder();
                            for (int round = 0; round < 5; round++) {
                              log.record(3);
                              damages.append(log.take());
                            }
                            return damages.toString();
                          })
              .toList();
      for (Future<String> damages : threads.invokeAll(work)) {
        assertThat(damages.get()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(log.take()).isEmpty();
    assertThat(log.entries()).hasSize(62);
    assertThat(new HashSet<>(log.entries())).hasSize(62);
    assertThat(log.checkpoint().size()).isEqualTo(62);
  }

  @Test
  void aCheckpointThatACrashKeptFromTheDiskIsWrittenByTheNextPass() throws Exception {
    h2.record(3);
    h2.take();
    Path file = h2.directory.resolve("checkpoint");
    byte[] before = Files.readAllBytes(file);
    h2.record(3);
    h2.take();
    byte[] after = Files.readAllBytes(file);
    Files.write(file, before);
    assertThat(h2.take()).isEmpty();
    assertThat(Files.readAllBytes(file)).isEqualTo(after);
  }

  /** A database that lost its newest commits, and an old one that was restored, look the same. */
  @Test
  void entriesThatTheDatabaseLostStayInTheLog() throws Exception {
    h2.record(10);
    h2.take();
    h2.record(5);
    h2.take();
    Checkpoint before = h2.checkpoint();
    h2.restoreDatabase(11);
    h2.record(1);

    assertThat(h2.take()).isEmpty();

    assertThat(h2.events()).containsExactly("LogKeyCreated", "LogEntriesLost");
    assertThat(
            h2.jdbc.queryForObject(
                "select body from pgproof_evidence where kind = 'LogEntriesLost'", String.class))
        .isEqualTo("{\"from\":11,\"to\":15,\"lost\":5}");
    assertThat(h2.entries()).hasSize(18);
    assertThat(h2.entries().subList(11, 16)).containsOnlyNulls();
    assertThat(h2.entries().subList(16, 18)).doesNotContainNull();
    Checkpoint after = h2.checkpoint();
    assertThat(
            MerkleTree.isBeginning(
                before.size(),
                before.root(),
                after.size(),
                after.root(),
                new LogDirectory(h2.directory).tiles(18).tree().consistency(before.size())))
        .isTrue();
    assertThat(h2.take()).isEmpty();
    assertThat(h2.events()).hasSize(2);
  }

  @Test
  void anEntryThatOnlyTheTablesOfTheLogLostKeepsItsPosition() {
    h2.record(10);
    h2.take();
    h2.record(5);
    h2.take();
    List<Long> entries = h2.entries();
    h2.force(
        "delete from pgproof_log where position >= 11",
        "delete from pgproof_log_checkpoint where last_position >= 11",
        "update pgproof_log_head set last_position = 10");
    h2.take();
    assertThat(h2.entries().subList(0, 16)).isEqualTo(entries);
    assertThat(
            h2.jdbc.queryForObject(
                "select body from pgproof_evidence where kind = 'LogEntriesLost'", String.class))
        .isEqualTo("{\"from\":11,\"to\":15,\"lost\":0}");
  }

  @ParameterizedTest
  @CsvSource({
    "tile/0/000.p/11, '', the tiles in",
    "tile/0/000.p/11, gone, is missing",
    "checkpoint, '', cannot be trusted",
    "checkpoint, gone, checkpoint is missing",
    "log.key, '', log.key is damaged",
    "log.key, gone, log.key is missing",
    "log.pem, '', log.pem is damaged",
  })
  void aDamageOnDiskStopsTheLogAndIsToldOnce(String name, String how, String message)
      throws Exception {
    h2.record(10);
    h2.take();
    h2.record(0);
    Path file = h2.directory.resolve(name);
    if (name.equals("checkpoint")) {
      h2.record(1);
      h2.take();
    }
    if (how.equals("gone")) {
      Files.delete(file);
    } else {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 4;
      Files.write(file, bytes);
    }
    Map<String, String> files = h2.files();
    List<Long> entries = h2.entries();
    h2.record(1);

    assertThat(h2.take()).contains(message);
    assertThat(h2.take()).contains(message);

    assertThat(h2.files()).isEqualTo(files);
    assertThat(h2.entries()).isEqualTo(entries);
    assertThat(h2.events()).containsExactly("LogKeyCreated", "LogDamaged");
  }

  @Test
  void theSameDamageIsToldAgainAfterARepair() throws Exception {
    h2.record(10);
    h2.take();
    Path file = h2.directory.resolve("log.key");
    byte[] key = Files.readAllBytes(file);
    for (int time = 0; time < 2; time++) {
      Files.writeString(file, "");
      h2.record(1);
      assertThat(h2.take()).contains("log.key is damaged");
      // Another start finds what is known.
      assertThat(h2.take()).contains("log.key is damaged");
      Files.write(file, key);
      assertThat(h2.take()).isEmpty();
    }
    assertThat(h2.events()).containsExactly("LogKeyCreated", "LogDamaged", "LogDamaged");
  }

  @Test
  void aKeyThatTheEvidenceDoesNotNameStopsTheLog() throws Exception {
    h2.record(10);
    h2.take();
    LogKey.Signing other =
        LogKey.Signing.create(h2.checkpoint().origin(), Clock.systemUTC().instant());
    Files.writeString(h2.directory.resolve("log.key"), other.text());
    Files.writeString(h2.directory.resolve("log.pem"), other.key().text());
    Files.writeString(h2.directory.resolve("checkpoint"), h2.checkpointSignedBy(other));
    assertThat(h2.take()).contains("by the evidence the key is");
  }

  @Test
  void aDirectoryThatIsMissingIsBuiltAgainWithANewKey() throws Exception {
    h2.record(600);
    h2.take();
    Checkpoint before = h2.checkpoint();
    Files.move(h2.directory, place.resolve("away"));

    assertThat(h2.take()).isEmpty();

    assertThat(h2.events()).containsExactly("LogKeyCreated", "LogKeyCreated");
    assertThat(new LogDirectory(h2.directory).publicKeys()).hasSize(2);
    Checkpoint after = h2.checkpoint();
    assertThat(after.origin()).isEqualTo(before.origin());
    assertThat(after.size()).isEqualTo(before.size() + 1);
    assertThat(place.resolve("log.new")).doesNotExist();
  }

  @Test
  void aDirectoryIsNotBuiltAgainFromLeavesThatWereChanged() throws Exception {
    h2.record(600);
    h2.take();
    h2.force(
        "update pgproof_log set leaf = (select leaf from pgproof_log where position = 1) where position = 7");
    Files.move(h2.directory, place.resolve("away"));
    assertThat(h2.take()).contains("the leaves in the database do not fit its last checkpoint");
    assertThat(h2.directory).doesNotExist();
    assertThat(place.resolve("log.new")).doesNotExist();
  }

  @Test
  void aPositionThatWasRemovedStopsTheLog() {
    h2.record(10);
    h2.take();
    h2.force("delete from pgproof_log where position = 10");
    assertThat(h2.take()).contains("10 positions", "checkpoint is over 11");
  }

  @Test
  void anExpiredKeyIsReplaced() throws Exception {
    h2.record(1);
    h2.take();
    List<LogKey> first = new LogDirectory(h2.directory).publicKeys();
    h2.later(LogKey.VALIDITY.plusSeconds(1));
    assertThat(h2.take()).isEmpty();
    assertThat(h2.events()).containsExactly("LogKeyCreated", "LogKeyCreated");
    assertThat(new LogDirectory(h2.directory).publicKeys()).hasSize(2).containsAll(first);
    assertThat(h2.checkpoint().size()).isEqualTo(3);
    h2.record(1);
    assertThat(h2.take()).isEmpty();
    assertThat(h2.checkpoint().size()).isEqualTo(4);
  }

  /** The old key's public half is on disk, the new key is, and its public half is not yet. */
  @Test
  void aReplacementOfTheKeyThatACrashInterruptedIsCompleted() throws IOException {
    h2.record(1);
    h2.take();
    String before = Files.readString(h2.directory.resolve("log.pem"));
    h2.later(LogKey.VALIDITY.plusSeconds(1));
    h2.take();
    String after = Files.readString(h2.directory.resolve("log.pem"));
    Files.writeString(h2.directory.resolve("log.pem"), before);
    assertThat(h2.take()).isEmpty();
    assertThat(h2.directory.resolve("log.pem")).hasContent(after);
  }

  @ParameterizedTest
  @ValueSource(strings = {"H2", "PostgreSQL"})
  void recordedRowsAreNeverChangedOrRemoved(String database) {
    LogFixture log = on(database);
    log.record(3);
    log.take();
    JdbcTemplate jdbc = log.jdbc;
    for (String table : List.of("pgproof_evidence", "pgproof_log", "pgproof_log_checkpoint")) {
      for (String statement : List.of("delete from " + table, "truncate table " + table)) {
        assertThatThrownBy(() -> jdbc.execute(statement))
            .as(statement)
            .rootCause()
            .message()
            .containsPattern("insert-only|Cannot truncate");
      }
    }
    for (String statement :
        List.of(
            "update pgproof_evidence set actor = 'eve'",
            "update pgproof_log set entry = null",
            "update pgproof_log_checkpoint set note = ''")) {
      assertThatThrownBy(() -> jdbc.execute(statement))
          .as(statement)
          .rootCause()
          .hasMessageContaining("insert-only");
    }
    assertThat(log.entries()).hasSize(4);
  }

  /** Without the triggers, the rights are left. */
  @Test
  void theRoleOfTheProgramOnPostgresHasNoRightToChangeEvidence() {
    onPostgres = LogFixture.onAsOwner(postgres, place);
    onPostgres.record(3);
    assertThat(onPostgres.take()).isEmpty();
    assertThat(onPostgres.entries()).hasSize(4);
    JdbcTemplate jdbc = onPostgres.jdbc;
    for (String table :
        List.of(
            "pgproof_evidence",
            "pgproof_verdict",
            "pgproof_waiver",
            "pgproof_log",
            "pgproof_log_checkpoint")) {
      jdbc.execute("drop trigger " + table + "_insert_only on " + table);
      for (String statement : List.of("delete from " + table, "truncate " + table)) {
        assertThatThrownBy(() -> jdbc.execute(statement))
            .as(statement)
            .rootCause()
            .hasMessageContaining("permission denied for table " + table);
      }
    }
    assertThatThrownBy(() -> jdbc.execute("update pgproof_evidence set actor = 'eve'"))
        .rootCause()
        .hasMessageContaining("permission denied");
  }

  @Test
  void manyEntriesAreTakenInSeveralBatches() throws Exception {
    h2.jdbc.update(
        "insert into pgproof_evidence (run, at, kind, schema_version, actor, body)"
            + " select '20261201-030000-aaaa', current_timestamp, 'Noted', 1, 'ada', '{}' from system_range(1, 11000)");
    assertThat(h2.take()).isEmpty();
    assertThat(h2.entries()).hasSize(11_001).doesNotHaveDuplicates().isSorted();
    assertThat(h2.checkpoint().size()).isEqualTo(11_001);
    assertThat(h2.jdbc.queryForObject("select count(*) from pgproof_log_checkpoint", Integer.class))
        .isEqualTo(3);
  }
}
