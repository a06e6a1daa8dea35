package io.pgproof.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerEvent.EvidenceRemoved;
import io.pgproof.proof.Digests;
import io.pgproof.proof.FindingException;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.SignedNote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Removals, and attacks on what they say. */
class LogRemovalTest {
  private static final Instant BEFORE = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir private Path place;
  private LogFixture log;
  private LogRemoval.Export export;

  /** Positions 0 to 9 are of the run, 10 is the key of the log, 11 the export of the first 11. */
  @BeforeEach
  void aLog() throws IOException {
    log = LogFixture.onH2(place);
    prepare();
  }

  private void prepare() throws IOException {
    log.record(10);
    log.take();
    Path file = log.export();
    new ServerEvent.LogExported(file.toString(), Digests.sha256(file), Files.size(file), 11)
        .record(log.evidence, "ada");
    log.take();
    export = removal().export().orElseThrow();
  }

  @AfterEach
  void close() {
    log.close();
  }

  private LogRemoval removal() {
    return new LogRemoval(log.database, log.evidence, log.directory, log.sequencer(), log.clock);
  }

  private static List<Long> positions(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private void remove(long first, long last) throws IOException {
    removal().remove(BEFORE, positions(first, last), export, "olga");
  }

  private String problems() throws IOException {
    return String.join("\n", log.verify().problems());
  }

  private long rows() {
    return log.evidence.size();
  }

  @Test
  void aLogWithoutTheRemovedEntriesVerifies() throws Exception {
    remove(0, 9);
    assertThat(rows()).isEqualTo(3);

    LogAudit audit = log.verify();
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.removed()).isEqualTo(10);
    assertThat(audit.removals())
        .singleElement()
        .satisfies(
            removal -> {
              assertThat(removal.by()).isEqualTo("olga");
              assertThat(removal.before()).isEqualTo(BEFORE);
              assertThat(removal.runs()).isEqualTo(1);
              assertThat(removal.exportSha256()).isEqualTo(export.sha256());
            });
    assertThat(log.evidence.removed(LogFixture.RUN).orElseThrow().describe())
        .contains(export.sha256());
    LogAudit exported = LogExport.verify(log.export(), List.of(), null);
    assertThat(exported.problems()).isEmpty();
    assertThat(exported.removed()).isEqualTo(10);

    // The log goes on.
    log.record(3);
    assertThat(log.verify().problems()).isEmpty();
  }

  @Test
  void onPostgresTheRoleMayRemoveOnlyWhatARemovalNames() throws Exception {
    log.close();
    try (EngineDatabase postgres = EngineDatabase.start();
        LogFixture onPostgres =
            LogFixture.onAsOwner(postgres, Files.createDirectory(place.resolve("pg")))) {
      log = onPostgres;
      prepare();
      remove(0, 8);
      assertThat(rows()).isEqualTo(4);
      assertThat(log.verify().problems()).isEmpty();
      assertThatThrownBy(() -> log.jdbc.update("delete from pgproof_evidence"))
          .isInstanceOf(DataAccessException.class);
      assertThatThrownBy(() -> log.jdbc.queryForList("select pgproof_remove_evidence(2)"))
          .hasStackTraceContaining("entry 2 is no removal that the evidence log has");
      // A user with the right still cannot remove an entry that no removal names.
      log.jdbc.execute("grant delete on pgproof_evidence to current_user");
      assertThatThrownBy(() -> log.jdbc.update("delete from pgproof_evidence"))
          .hasStackTraceContaining("pgproof_evidence is insert-only");
      for (String table : List.of("removal", "removed", "removed_run")) {
        assertThatThrownBy(() -> log.jdbc.execute("truncate pgproof_" + table + " cascade"))
            .isInstanceOf(DataAccessException.class);
      }
      assertThat(rows()).isEqualTo(4);
    }
    log = LogFixture.onH2(place.resolve("pg"));
  }

  @Test
  void onH2OnlyWhatARemovalNamesCanBeDeleted() throws Exception {
    remove(0, 8);
    for (String statement :
        List.of(
            "delete from pgproof_evidence",
            "truncate table pgproof_evidence",
            "update pgproof_evidence set actor = 'eve'",
            "delete from pgproof_removal",
            "update pgproof_removed set last_position = 9",
            "delete from pgproof_removed_run")) {
      assertThatThrownBy(() -> log.jdbc.update(statement))
          .as(statement)
          .isInstanceOf(DataAccessException.class);
    }
    assertThat(rows()).isEqualTo(4);
  }

  @Test
  void aRemovalThatWasInterruptedIsFinished() throws Exception {
    EvidenceRemoved event =
        signed(new EvidenceRemoved(BEFORE, 1, 10, "0-9", export.sha256(), 11, ""));
    event.record(log.evidence, "olga");
    log.take();
    assertThat(rows()).isEqualTo(13);
    assertThat(log.verify().problems()).isEmpty();

    removal().finish();

    assertThat(rows()).isEqualTo(3);
    assertThat(log.verify().problems()).isEmpty();
    removal().finish();
    assertThat(log.verify().removed()).isEqualTo(10);
  }

  @Test
  void aRemovalThatTheLogDidNotTakeIsFinishedLaterAndNotRecordedTwice() throws Exception {
    log.jdbc.execute("alter table pgproof_log add constraint no_more check (position < 12)");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> remove(0, 9))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("the evidence log has not taken it yet");
    }
    assertThatThrownBy(() -> removal().finish()).isInstanceOf(LogDamagedException.class);
    assertThatThrownBy(() -> removal().export()).isInstanceOf(LogDamagedException.class);
    assertThat(rows()).isEqualTo(13);

    log.jdbc.execute("alter table pgproof_log drop constraint no_more");
    removal().finish();
    assertThat(rows()).isEqualTo(3);
    assertThat(log.verify().problems()).isEmpty();
    assertThat(log.verify().removed()).isEqualTo(10);
  }

  @Test
  void whatARemovalBeforeRemovedMayBeNamedAgain() throws Exception {
    record(2, "null", "case x when 0 then 'LoggedIn' else 'ConfigurationChanged' end");
    for (EvidenceRemoved event :
        List.of(
            new EvidenceRemoved(BEFORE, 1, 10, "0-9", export.sha256(), export.positions(), ""),
            new EvidenceRemoved(BEFORE, 1, 10, "0-9", export.sha256(), export.positions(), ""),
            new EvidenceRemoved(
                BEFORE, 1, 11, "0-9,12-12", export.sha256(), export.positions(), ""))) {
      signed(event).record(log.evidence, "olga");
    }
    removal().finish();
    // The key of the log, both exports, the other event and the three removals.
    assertThat(rows()).isEqualTo(7);
    assertThat(log.verify().problems()).isEmpty();
    assertThat(log.verify().removed()).isEqualTo(11);
    removal().finish();
  }

  @Test
  void manySinglePositionsAreNamedBySeveralEntries() throws Exception {
    String text = Positions.of(everySecond(20_000)).text();
    assertThat(Positions.parse(text).text()).isEqualTo(text);
    record(10_000, "null", "case mod(x, 2) when 0 then 'LoggedIn' else 'ConfigurationChanged' end");

    removal().remove(BEFORE, everySecond(5_000), export, "olga");

    LogAudit audit = log.verify();
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.removed()).isEqualTo(5_000);
    assertThat(audit.removals()).hasSize(5).allMatch(removal -> removal.entries() == 1_000);
  }

  private static List<Long> everySecond(int count) {
    return LongStream.range(0, count).map(n -> 12 + 2 * n).boxed().toList();
  }

  @Test
  void oneEntryNamesAllOfARun() throws Exception {
    String run = "case mod(x, 2) when 0 then '20260501-000000-aaa' || mod(x / 2, 3) end";
    record(3_600, run, "case mod(x, 2) when 0 then 'Noted' else 'ConfigurationChanged' end");

    removal().remove(BEFORE, everySecond(1_800), export, "olga");

    assertThat(log.verify().problems()).isEmpty();
    assertThat(log.verify().removals())
        .hasSize(3)
        .allMatch(removal -> removal.runs() == 1 && removal.entries() == 600);
  }

  @Test
  void aRemovalDuringAVerificationIsNoDamage() throws Exception {
    // The first batch of the verification has 5,000 positions.
    record(5_010, "null", "'LoggedIn'");
    List<Long> looked = new ArrayList<>();
    LogAudit audit =
        log.auditor()
            .verify(
                null,
                positions -> {
                  if (looked.isEmpty()) {
                    try {
                      remove(4_990, 5_009);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }
                  looked.add(positions);
                });
    assertThat(looked).containsExactly(5_000L, 5_023L);
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.removed()).isEqualTo(10);
    assertThat(audit.removals()).hasSize(1);

    log.force("delete from pgproof_evidence where kind = 'LoggedIn' and id = 4989");
    assertThat(problems()).isEqualTo("position 4988: entry 4989 was removed from pgproof_evidence");
  }

  @Test
  void aRemovalDuringAnExportEndsIt() throws Exception {
    assertThatThrownBy(
            () ->
                new LogExport(log.database, log.directory)
                    .write(
                        lines -> {
                          if (lines.size() == 1) {
                            remove(0, 9);
                          }
                        }))
        .isInstanceOf(FindingException.class)
        .hasMessageContaining("evidence was removed while the log was exported");
    assertThat(LogExport.verify(log.export(), List.of(), null).problems()).isEmpty();
  }

  @Test
  void whatIsWrongInAnExportIsToldWithItsLine() throws Exception {
    remove(0, 9);
    new ServerEvent.LogAnchored("mail", "audit@example.org", "nonsense")
        .record(log.evidence, "pgproof");
    log.take();
    Path whole = log.export();
    List<String> lines = Files.readAllLines(whole);
    // Line 1 is the first line, and position 13 comes after the checkpoints over 11, 12 and 13.
    int anchor = 17;
    assertThat(lines.get(anchor)).contains("LogAnchored");
    assertThat(problems()).contains("position 13: the anchor of ");
    assertThat(problems(whole, lines, anchor, "x", "x")).contains("position 13: the anchor of ");
    assertThat(problems(whole, lines, anchor, "\"nonsense\"", "null"))
        .contains("position 13: the entry about an anchor cannot be read");

    String at = "\"at\":\"2";
    assertThatThrownBy(() -> problems(whole, lines, anchor, at, "\"at\":\"x"))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageStartingWith("line 18 has no time in 'at': 'x");
    assertThatThrownBy(() -> problems(whole, lines, anchor - 2, at, "\"at\":\"x"))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageStartingWith("line 16 has no time in 'at': 'x");
    assertThatThrownBy(() -> problems(whole, lines, 1, "d\":\"", "d\":\"x"))
        .isInstanceOf(LogDamagedException.class)
        .hasMessage("line 2 has no SHA-256 in 'removed'");
  }

  /** The problems of an export with another line. */
  private static String problems(Path file, List<String> lines, int line, String from, String to)
      throws IOException {
    List<String> edited = new ArrayList<>(lines);
    edited.set(line, lines.get(line).replace(from, to));
    return String.join(
        "\n", LogExport.verify(Files.write(file, edited), List.of(), null).problems());
  }

  /**
   * Records old entries from position 12 on, and an export that has them.
   *
   * @param run SQL with the number {@code x} of the entry
   * @param kind likewise
   */
  private void record(int entries, String run, String kind) {
    log.jdbc.update(
        "insert into pgproof_evidence (run, at, kind, schema_version, actor, body) select "
            + run
            + ", timestamp with time zone '2026-05-01 00:00:00+00', "
            + kind
            + ", 1, 'ada', '{}' from system_range(0, "
            + (entries - 1)
            + ")");
    log.take();
    new ServerEvent.LogExported("/srv/export", "ab".repeat(32), 1, 12 + entries)
        .record(log.evidence, "ada");
    log.take();
    export = removal().export().orElseThrow();
  }

  private EvidenceRemoved signed(EvidenceRemoved event) throws IOException {
    String signature = log.sequencer().sign(name -> Removal.text(name, event));
    return with(event, signature);
  }

  private static EvidenceRemoved with(EvidenceRemoved event, String signature) {
    return new EvidenceRemoved(
        event.before(),
        event.runs(),
        event.entries(),
        event.positions(),
        event.exportSha256(),
        event.exportPositions(),
        signature);
  }

  @Test
  void whatWasChangedIsNotRemoved() throws Exception {
    log.force("update pgproof_evidence set actor = 'eve' where id = 4");
    assertThatThrownBy(() -> remove(0, 9))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("position 3: the entry is not what was recorded");
    assertThat(rows()).isEqualTo(12);
  }

  @Test
  void keysExportsAndRemovalsAreNeverRemoved() throws Exception {
    assertThatThrownBy(() -> remove(10, 10))
        .hasMessageContaining("the kind LogKeyCreated is never");
    remove(0, 1);
    assertThatThrownBy(() -> remove(11, 11)).hasMessageContaining("the kind LogExported is never");
    assertThatThrownBy(() -> remove(12, 12))
        .hasMessageContaining("the kind EvidenceRemoved is never");
    assertThat(rows()).isEqualTo(11);
  }

  @Test
  void aRowThatNobodyNamedIsFoundBesideARemoval() throws Exception {
    remove(0, 4);
    log.force("delete from pgproof_evidence where id = 7");
    assertThat(problems()).isEqualTo("position 6: entry 7 was removed from pgproof_evidence");
  }

  @Test
  void aForgedRemovalIsFound() throws Exception {
    LogKey.Signing other = LogKey.Signing.create("pgproof/4b0d3a3e", log.clock.instant());
    EvidenceRemoved event = new EvidenceRemoved(BEFORE, 1, 2, "3-4", export.sha256(), 11, "");
    String text = Removal.text("pgproof/4b0d3a3e", event);
    with(
            event,
            SignedNote.sign(text, other.key().note(), other.secret()).substring(text.length() + 1))
        .record(log.evidence, "olga");
    log.take();

    assertThatThrownBy(() -> removal().finish())
        .hasMessageContaining("the removal entry is not signed by the log");
    assertThat(rows()).isEqualTo(13);

    log.force("delete from pgproof_evidence where id in (4, 5)");
    assertThat(problems())
        .contains(
            "position 3: entry 4 was removed",
            "position 4: entry 5 was removed",
            "position 12: the removal entry is not signed by the log");
  }

  @Test
  void aRemovalThatWasChangedToNameMoreIsFound() throws Exception {
    remove(0, 4);
    log.force(
        "update pgproof_evidence set body = replace(replace(body, '0-4', '0-5'), '\"entries\":5', '\"entries\":6')"
            + " where kind = 'EvidenceRemoved'",
        "delete from pgproof_evidence where id = 6");
    assertThat(problems())
        .contains(
            "position 12: entry 13 (EvidenceRemoved",
            "position 12: the removal entry is not signed by the log",
            "position 5: entry 6 was removed");
  }

  /** Somebody who has the key of the log can sign what pgproof never would. */
  @Test
  void aRemovalThatNamesMoreThanItMayIsFound() throws Exception {
    Map<EvidenceRemoved, String> attacks =
        Map.of(
            new EvidenceRemoved(BEFORE, 1, 2, "3-4", "00", 11, ""),
            "names an export that no entry before it names: SHA-256 00",
            new EvidenceRemoved(BEFORE, 1, 2, "3-4", export.sha256(), 4, ""),
            "names position 4, which its export does not have",
            new EvidenceRemoved(BEFORE, 1, 3, "3-4", export.sha256(), 11, ""),
            "says 3 entries, and names 2 positions",
            new EvidenceRemoved(BEFORE, 1, 2, "3-5,4-9", export.sha256(), 11, ""),
            "the ranges of positions do not ascend: '3-5,4-9'",
            new EvidenceRemoved(BEFORE, 1, 0, "4-3", export.sha256(), 11, ""),
            "a range of positions ends before it begins: '4-3'");
    for (Map.Entry<EvidenceRemoved, String> attack : attacks.entrySet()) {
      signed(attack.getKey()).record(log.evidence, "eve");
      log.take();
      assertThatThrownBy(() -> removal().finish()).isInstanceOf(LogDamagedException.class);
      assertThat(problems()).contains(attack.getValue());
      assertThat(String.join("\n", LogExport.verify(log.export(), List.of(), null).problems()))
          .contains(attack.getValue());
    }
    signed(new EvidenceRemoved(BEFORE, 1, 1, "10-10", export.sha256(), 11, ""))
        .record(log.evidence, "eve");
    log.take();
    assertThat(problems())
        .contains("position 10: a removal entry names an entry of the kind LogKeyCreated");
  }

  @Test
  void anEntryOfARemovalThatIsGoneIsFound() throws Exception {
    remove(0, 9);
    log.force("delete from pgproof_evidence where kind = 'EvidenceRemoved'");
    assertThat(problems())
        .contains("position 12: entry 13 was removed", "position 3: entry 4 was removed");
  }

  @Test
  void aDatabaseFromBeforeTheRemovalIsFound() throws Exception {
    Path backup = place.resolve("backup.sql");
    log.jdbc.queryForList("script to '" + backup + "'");
    remove(0, 9);
    JdbcTemplate administrator = log.jdbc;
    administrator.execute("drop all objects");
    administrator.execute("runscript from '" + backup + "'");

    LogAudit audit = log.verify();

    assertThat(rows()).isEqualTo(13);
    assertThat(audit.lost()).isEqualTo(1);
    assertThat(audit.problems())
        .singleElement()
        .asString()
        .startsWith("positions 12 to 12: the entries are lost");
    // What is there again can be removed again.
    remove(0, 9);
    assertThat(log.verify().removed()).isEqualTo(10);
  }

  @Test
  void anExportThatHidesEntriesAsRemovedIsRefused() throws Exception {
    Path whole = log.export();
    List<String> lines = new ArrayList<>(Files.readAllLines(whole));
    String leaf = HexFormat.of().formatHex(new LogTable(log.database).leaves(3, 1).get(0));
    lines.set(4, EvidenceJson.write(Map.of("removed", leaf)));
    assertThat(LogExport.verify(Files.write(whole, lines), List.of(), null).problems())
        .singleElement()
        .asString()
        .startsWith("positions 3 to 3: not all entries are there, and no signed removal entry");

    remove(0, 9);
    Path after = log.export();
    lines = new ArrayList<>(Files.readAllLines(after));
    lines.replaceAll(line -> line.replace("\"positions\":\"0-9\"", "\"positions\":\"0-8\""));
    assertThat(
            String.join(
                "\n", LogExport.verify(Files.write(after, lines), List.of(), null).problems()))
        .contains(
            "positions 0 to 9: not all", "is not signed by the log", "does not fit the leaves");
  }
}
