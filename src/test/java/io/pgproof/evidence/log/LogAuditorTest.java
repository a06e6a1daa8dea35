package io.pgproof.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.EngineDatabase;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.LogDamagedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attacks on the log, its export, and what a verification says about them. */
class LogAuditorTest {
  @TempDir private Path place;
  private LogFixture log;

  /** 311 positions with three checkpoints: the first over 11, the second over 306. */
  @BeforeEach
  void aLog() {
    log = LogFixture.onH2(place);
    log.record(10);
    log.take();
    log.record(295);
    log.take();
    log.record(5);
    log.take();
  }

  @AfterEach
  void close() {
    log.close();
  }

  private LogAudit verify(String kept) throws IOException {
    return log.auditor().verify(kept, positions -> {});
  }

  @Test
  void aLogThatNobodyTouchedIsSound() throws Exception {
    log.record(1);
    LogAudit audit = log.verify();
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.isSound()).isTrue();
    assertThat(audit.positions()).isEqualTo(312);
    assertThat(audit.checkpoints()).isEqualTo(4);
    assertThat(audit.waiting()).isZero();
    assertThat(audit.log()).isEqualTo("pgproof/4b0d3a3e");
  }

  @Test
  void aLogOnPostgresIsSoundAndAChangedRowIsFound() throws Exception {
    log.close();
    try (EngineDatabase postgres = EngineDatabase.start();
        LogFixture onPostgres =
            LogFixture.on(postgres, Files.createDirectory(place.resolve("pg")))) {
      log = onPostgres;
      log.record(300);
      log.take();
      log.record(3);
      assertThat(log.verify().problems()).isEmpty();
      assertThat(LogExport.verify(log.export(), List.of(), null).positions()).isEqualTo(304);
      log.jdbc.execute("alter table pgproof_evidence disable trigger all");
      log.jdbc.update("update pgproof_evidence set at = at + interval '1 second' where id = 7");
      assertThat(log.verify().problems())
          .singleElement()
          .asString()
          .contains("position 6: entry 7 (Noted of run 20261201-030000-aaaa", "was changed");
    }
    log = LogFixture.onH2(place.resolve("pg"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update pgproof_evidence set actor = 'eve' where id = 7"
            + "| position 6: entry 7 (Noted of run 20261201-030000-aaaa | the row or its leaf was changed",
        "update pgproof_evidence set body = '{\"n\":8}' where id = 7 | position 6: entry 7 | was changed",
        "update pgproof_evidence set run = null where id = 7 | position 6: entry 7 (Noted, | was changed",
        "update pgproof_evidence set schema_version = 2 where id = 7 | position 6: entry 7 | was changed",
        "update pgproof_evidence set at = dateadd(microsecond, 1, at) where id = 7 | position 6: entry 7 | was changed",
        "delete from pgproof_evidence where id = 7"
            + "| position 6: entry 7 was removed from pgproof_evidence | position 6",
        "delete from pgproof_log where position = 7 | position 7 was removed from pgproof_log | the checkpoint over 11",
        "update pgproof_log set leaf = (select leaf from pgproof_log where position = 0) where position = 300"
            + "| position 300: entry | tile/0/001.p/55 has another leaf than the database at position 300",
        "update pgproof_log set line_version = 2 where position = 3 | position 3: | version of the line",
        "update pgproof_log_checkpoint set note = regexp_replace(note, '\\n306\\n', concat(char(10), 307, char(10)))"
            + " where last_position = 305"
            + "| the checkpoint over 306 positions | does not fit the text of the note",
        "update pgproof_log_checkpoint set note = (select note from pgproof_log_checkpoint where last_position = 10)"
            + " where last_position = 305"
            + "| the checkpoint over 306 positions | says that it is over 11 positions",
      })
  void aChangeOfTheDatabaseIsFoundWhereItIs(String attack, String first, String second)
      throws Exception {
    log.force(attack);
    LogAudit audit = log.verify();
    assertThat(audit.isSound()).isFalse();
    assertThat(String.join("\n", audit.problems())).contains(first, second);
  }

  @Test
  void anotherOrderIsFound() throws Exception {
    log.force(
        "update pgproof_log set entry = -1 where position = 20",
        "update pgproof_log set entry = 21 where position = 30",
        "update pgproof_log set entry = 31 where position = 20");
    assertThat(log.entries().get(20)).isEqualTo(31);
    assertThat(log.verify().problems())
        .anyMatch(
            problem ->
                problem.startsWith("position 20: entry 31")
                    && problem.endsWith("belongs to position 30: the order was changed"))
        .anyMatch(
            problem ->
                problem.startsWith("position 30: entry 21")
                    && problem.endsWith("belongs to position 20: the order was changed"));
  }

  /** Whoever writes the database can compute a leaf; the tiles and the signatures still show it. */
  @Test
  void aRowThatWasChangedTogetherWithItsLeafIsFound() throws Exception {
    log.force("update pgproof_evidence set actor = 'eve' where id = 101");
    StoredEntry changed =
        new LogTable(log.database)
            .rows(0, 400, 400).stream()
                .filter(row -> row.entry() == 101)
                .findFirst()
                .orElseThrow()
                .stored();

    log.force(
        "update pgproof_log set leaf = x'"
            + HexFormat.of().formatHex(changed.leaf(1))
            + "' where entry = 101");
    long position = log.entries().indexOf(101L);
    assertThat(log.verify().problems())
        .hasSize(5)
        .anyMatch(
            problem ->
                problem.contains("has another leaf than the database at position " + position))
        .anyMatch(
            problem ->
                problem.startsWith("the checkpoint over 306 positions of ")
                    && problem.contains(
                        "does not fit the leaves: those of the positions 11 to 305"))
        .contains("1 later checkpoint does not fit the leaves either");
  }

  @Test
  void newestEntriesThatAreMissingAreFound() throws Exception {
    log.restoreDatabase(306);
    LogAudit audit = log.verify();
    assertThat(audit.lost()).isEqualTo(5);
    assertThat(audit.problems())
        .singleElement()
        .asString()
        .startsWith("positions 306 to 310: the entries are lost");
    // It is found again and again, whatever is recorded after it.
    log.record(3);
    assertThat(log.verify().problems()).hasSize(1);
  }

  /** The log does not go on with a database whose beginning is another one. */
  @Test
  void anOldDatabaseWithOtherEntriesIsFound() throws Exception {
    log.restoreDatabase(306);
    log.force(
        "update pgproof_log set leaf = (select leaf from pgproof_log where position = 0) where position = 305");
    LogAudit audit = log.verify();
    assertThat(String.join("\n", audit.problems())).contains("position 305");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tile/0/000 | change | tile/0/000 has another leaf than the database at position 128",
        "tile/0/000 | remove | tile/0/000 is missing",
        "tile/0/001.p/55 | change | has another leaf than the database at position 283",
        "tile/1/000.p/1 | change | tile/1/000.p/1 does not fit the tiles below it",
        "checkpoint | change | checkpoint cannot be trusted",
        "checkpoint | remove | checkpoint is missing",
        "log.pem | change | log.pem is damaged",
        "log.pem | remove | there is no public key of the log",
        "log.key | change | log.key is damaged",
        "log.key | remove | log.key is missing",
      })
  void aChangeOnDiskIsFoundWhereItIs(String name, String how, String message) throws Exception {
    Path file = log.directory.resolve(name);
    if (how.equals("remove")) {
      Files.delete(file);
    } else {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 4;
      Files.write(file, bytes);
    }
    LogAudit audit = log.verify();
    if (name.equals("log.pem") && how.equals("remove")) {
      // It is written again, because the private key has it, too.
      assertThat(audit.isSound()).isTrue();
      return;
    }
    assertThat(String.join("\n", audit.problems())).contains(message);
  }

  @Test
  void aCheckpointThatWasKeptMustBeContinued() throws Exception {
    String kept = Files.readString(log.directory.resolve("checkpoint"));
    log.record(100);
    assertThat(verify(kept).problems()).isEmpty();
    assertThat(LogExport.verify(log.export(), List.of(), kept).problems()).isEmpty();

    // A copy of the state directory goes on in another way.
    LogKey.Signing key = new LogDirectory(log.directory).signingKey().orElseThrow();
    String forged =
        new Checkpoint(key.key().note().name(), 311, new byte[32])
            .sign(key.key().note(), key.secret());
    assertThat(verify(forged).problems())
        .containsExactly(
            "the checkpoint that was kept does not fit the leaves: the first 311 positions are not what was signed");
    assertThat(LogExport.verify(log.export(), List.of(), forged).problems())
        .singleElement()
        .asString()
        .contains("the checkpoint that was kept does not fit the leaves");
    String ahead =
        new Checkpoint(key.key().note().name(), 5000, new byte[32])
            .sign(key.key().note(), key.secret());
    assertThat(verify(ahead).problems())
        .singleElement()
        .asString()
        .contains("is over 5000 positions, and the database has 411");
    assertThat(LogExport.verify(log.export(), List.of(), ahead).problems())
        .containsExactly(
            "the checkpoint that was kept is over 5000 positions, and the export has 411");
    assertThat(verify("nonsense\n").problems())
        .singleElement()
        .asString()
        .contains("the checkpoint that was kept cannot be trusted");
  }

  @Test
  void anExportIsVerifiedWithoutTheDatabase() throws Exception {
    log.restoreDatabase(306);
    log.record(2);
    log.take();
    Path export = log.export();
    LogAudit audit =
        LogExport.verify(export, List.of(Files.readString(log.directory.resolve("log.pem"))), null);
    assertThat(audit.positions()).isEqualTo(314);
    assertThat(audit.lost()).isEqualTo(5);
    assertThat(audit.problems())
        .singleElement()
        .asString()
        .startsWith("positions 306 to 310: the entries are lost");
  }

  @Test
  void anExportThatWasEditedIsRefused() throws Exception {
    Path export = log.export();
    List<String> lines = Files.readAllLines(export);
    assertThat(LogExport.verify(export, List.of(), null).problems()).isEmpty();
    assertThat(lines).hasSize(1 + 311 + 3);

    List<String> edited = new ArrayList<>(lines);
    edited.set(7, edited.get(7).replace("\"actor\":\"ada\"", "\"actor\":\"eve\""));
    assertProblem(edited, "line 13: the checkpoint over 11 positions does not fit the leaves");
    edited = new ArrayList<>(lines);
    edited.add(8, edited.remove(7));
    assertProblem(edited, "the checkpoint over 11 positions does not fit the leaves");
    edited = new ArrayList<>(lines);
    edited.remove(7);
    assertProblem(edited, "says that it is over 11 positions");
    assertProblem(lines.subList(0, 300), "the end of the export is missing");
    assertProblem(lines.subList(0, 13), "the export has 11 positions, and its first line says 311");

    LogKey.Signing other = LogKey.Signing.create("pgproof/4b0d3a3e", log.clock.instant());
    assertThat(LogExport.verify(export, List.of(other.key().text()), null).problems())
        .hasSize(3)
        .allMatch(problem -> problem.contains("is not signed by"));
    assertThatThrownBy(() -> LogExport.verify(write(List.of("{}")), List.of(), null))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("line 1 is not the first line of an export");
    assertThatThrownBy(
            () -> LogExport.verify(write(List.of(lines.get(0), "{\"x\":1}")), List.of(), null))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("line 2 is no line of an export");
  }

  private void assertProblem(List<String> lines, String problem) throws IOException {
    assertThat(String.join("\n", LogExport.verify(write(lines), List.of(), null).problems()))
        .contains(problem);
  }

  private Path write(List<String> lines) throws IOException {
    return Files.write(place.resolve("edited"), lines);
  }

  @Test
  void anExportThatFailsLeavesNoFile() throws Exception {
    log.force("delete from pgproof_evidence where id = 307");
    assertThatThrownBy(() -> log.export())
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("entry 307 was removed");
    try (var files = Files.list(place)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("export"));
    }
    Path present = Files.writeString(place.resolve("present"), "x");
    assertThatThrownBy(() -> new ExportFile(present)).hasMessageContaining("the file exists");
    assertThat(present).hasContent("x");
  }
}
