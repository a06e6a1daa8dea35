package io.pgproof.postgres.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.postgres.recovery.RecoveryExpectation;
import io.pgproof.postgres.recovery.RecoveryPreparation;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.RecoveryWatch;
import io.pgproof.postgres.recovery.RestoredCopy;
import io.pgproof.postgres.server.HostMachine;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.postgres.server.SourceCluster;
import io.pgproof.proof.Check;
import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage that was done to the source by SQL, so that its backup is whole: what each check sees of
 * it on a real server.
 */
@EnabledIf("io.pgproof.postgres.server.HostMachine#available")
class DamagedCopyTest {
  /**
   * An index in the order of C that says of itself it is in another: a sound one whose collation
   * changed looks the same.
   */
  private static final String MISORDERED =
      """
      create table words(t text collate "C"); insert into words values ('a'), ('B'), ('c'), ('D');
      create index words_t on words (t);
      update pg_index set indcollation = (select oid::text from pg_collation where collname = 'en-x-icu')::oidvector
        where indexrelid = 'words_t'::regclass;
      update pg_attribute set attcollation = (select oid from pg_collation where collname = 'en-x-icu')
        where attrelid = 'words_t'::regclass;
      """;

  private static final String DAMAGE =
      """
      create database a_order encoding 'UTF8' template template0; create database b_versions encoding 'UTF8' template template0;
      create database c_toast; create database d_catalogs; create database e_library; create database f_rows;
      create database g_crash;
      \\c a_order
      """
          + MISORDERED
          + """
      \\c b_versions
      """
          + MISORDERED
          + """
      update pg_collation set collversion = '1.1' where collname = 'en-x-icu';
      create table sound(t text collate "C"); create index on sound (t);
      \\c c_toast
      create table cut(id int, t text); alter table cut alter t set storage external;
      insert into cut select i, repeat(md5(i::text), 400) from generate_series(1, 10) i;
      create table squeezed(id int, t text);
      insert into squeezed select i, (select string_agg(md5((i * 1000 + j)::text), '') from generate_series(1, 300) j)
        || repeat('abc', 4000) from generate_series(1, 10) i;
      select reltoastrelid::regclass as of_cut from pg_class where relname = 'cut' \\gset
      select reltoastrelid::regclass as of_squeezed from pg_class where relname = 'squeezed' \\gset
      update pg_class set relkind = 'r' where oid in (:'of_cut'::regclass, :'of_squeezed'::regclass);
      delete from :of_cut where chunk_seq = 1 and chunk_id = (select min(chunk_id) from :of_cut);
      update :of_squeezed set chunk_data = decode(repeat('ff', octet_length(chunk_data)), 'hex') where chunk_seq = 1;
      -- A value's parts are never updated, so whoever reads one takes what is not yet vacuumed for its part too.
      vacuum :of_cut; vacuum :of_squeezed;
      update pg_class set relkind = 't' where oid in (:'of_cut'::regclass, :'of_squeezed'::regclass);
      create type mood as enum ('well', 'ill'); create table moods(m mood); insert into moods values ('well');
      delete from pg_enum where enumlabel = 'well';
      \\c d_catalogs
      create schema lost; create table lost.child(id int primary key);
      create view seen as select 1 as x;
      create function gone() returns int language sql as 'select 1'; create view of_gone as select gone();
      delete from pg_namespace where nspname = 'lost'; delete from pg_proc where proname = 'gone';
      \\c e_library
      create extension citext; create table names(n citext); insert into names values ('x'), ('y'); create index on names (n);
      create extension hstore; create table pairs(h hstore); insert into pairs values ('a=>1');
      create extension isn;
      update pg_proc set probin = '$libdir/vector' where probin like '%citext';
      update pg_proc set probin = '$libdir/absent' where probin like '%hstore';
      \\c f_rows
      create table rows(id int, t text); create index rows_id on rows (id);
      insert into rows select i, 'x' from generate_series(1, 10) i;
      update pg_index set indisready = false where indexrelid = 'rows_id'::regclass;
      insert into rows select i, 'x' from generate_series(11, 20) i;
      update pg_index set indisready = true where indexrelid = 'rows_id'::regclass;
      \\c g_crash
      create function at(int) returns text language sql immutable as 'select $1::text';
      create table crashing(id int); create index crashing_at on crashing (at(id)); insert into crashing values (1);
      create or replace function at(int) returns text language internal immutable as 'textout';
      """;

  @TempDir static Path temp;
  private static SourceCluster source;
  private static RestoredCopy copy;
  private static RecoveryResult reached;

  @BeforeAll
  static void recovered() throws Exception {
    source = SourceCluster.backedUp(temp.resolve("source"), DAMAGE);
    copy = started("copy");
  }

  @AfterAll
  static void gone() {
    if (copy != null) {
      copy.close();
    }
  }

  @Test
  void amcheckFindsContradictoryIndexesAndTables() throws Exception {
    CheckResult checkResult =
        IndexCheck.run(copy.recovered(reached, List.of()), false, Progress.NONE);

    assertThat(checkResult.check().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(checkResult.check().detail())
        .containsPattern("1,\\d{3} indexes and 9\\d\\d tables in 10 databases; 2 damaged");
    Finding corrupt = finding(checkResult.findings(), Reason.INDEX_CORRUPT);
    assertThat(corrupt).returns(Verdict.REFUTED, Finding::verdict);
    assertThat(corrupt.message()).endsWith("and 1 more like it");
    assertThat(corrupt.words())
        .contains(
            "the index public.words_t of the database a_order: ERROR:  item order invariant violated for index \"words_t\"",
            "the table public.cut of the database c_toast: block 0, line pointer 1, attribute 1: toast value");
    assertThat(corrupt.words())
        .as("what only reading finds")
        .doesNotContain("squeezed", "moods", "rows_id");
    assertThat(checkResult.notChecked())
        .contains("indexes: the database template0, which allows no connections");
  }

  @Test
  void theSortOrderOfAnotherCollationVersionIsNotDamage() throws Exception {
    CheckResult checkResult =
        IndexCheck.run(copy.recovered(reached, List.of()), false, Progress.NONE);

    Finding mismatch = finding(checkResult.findings(), Reason.COLLATION_MISMATCH);
    assertThat(mismatch).returns(Verdict.INCONCLUSIVE, Finding::verdict);
    assertThat(mismatch.message())
        .contains(
            "the index public.words_t of the database b_versions", "en-x-icu", "1.1 in the backup");
    assertThat(finding(checkResult.findings(), Reason.INDEX_CORRUPT).words())
        .doesNotContain("b_versions");
  }

  @Test
  void aLibraryThatTheImageLacksIsNamedWithItsPackage() throws Exception {
    CheckResult checkResult =
        IndexCheck.run(copy.recovered(reached, List.of()), false, Progress.NONE);

    Finding missing = finding(checkResult.findings(), Reason.LIBRARY_MISSING);
    assertThat(missing.message())
        .isEqualTo(
            "the image lacks the library $libdir/vector: the index public.names_n_idx of the database e_library");
    assertThat(missing.hint()).contains("postgresql-" + HostMachine.MAJOR + "-pgvector");
    CheckResult listed =
        new LibraryMismatch(copy.recovered(reached, List.of("pg_cron", "auto_explain")))
            .result()
            .orElseThrow();
    assertThat(listed.check())
        .returns("recovery", Check::name)
        .returns(Outcome.MISMATCH, Check::outcome);
    assertThat(listed.check().detail())
        .isEqualTo(
            "the image lacks pg_cron (preloaded by the source, package postgresql-"
                + HostMachine.MAJOR
                + "-cron), absent (of the database e_library), vector (of the database e_library, package postgresql-"
                + HostMachine.MAJOR
                + "-pgvector)");
  }

  @Test
  void readingFindsUnreadableRows() throws Exception {
    CheckResult checkResult =
        new RowCheck(copy.recovered(reached, List.of()), Duration.ofMinutes(1), Progress.NONE)
            .run();

    assertThat(checkResult.check().outcome()).isEqualTo(Outcome.FAILED);
    Finding unreadable = finding(checkResult.findings(), Reason.ROW_UNREADABLE);
    assertThat(unreadable).returns(Verdict.REFUTED, Finding::verdict);
    assertThat(unreadable.words())
        .contains(
            "the table public.cut of the database c_toast: ERROR:  unexpected chunk number 2 (expected 1) for toast value",
            "the table public.squeezed of the database c_toast: ERROR:  compressed pglz data is corrupt",
            "the table public.moods of the database c_toast: ERROR:  invalid internal value for enum",
            "(no schema).child",
            "the catalog of the database d_catalogs: schema with OID");
    assertThat(finding(checkResult.findings(), Reason.LIBRARY_MISSING).message())
        .isEqualTo(
            "the image lacks the library $libdir/absent: the table public.pairs of the database e_library");
    assertThat(checkResult.findings()).hasSize(2);
  }

  @Test
  void rowsMissingFromAnIndexAreFoundAndACrashIsInconclusive() throws Exception {
    try (RestoredCopy crashing = started("crashing")) {
      UserChecks userChecks =
          new UserChecks(
              "postgres",
              Optional.empty(),
              List.of(),
              Duration.ofDays(10_000),
              Duration.ofSeconds(20),
              ZoneId.of("UTC"));
      CheckResults checkResults =
          CheckRunner.of(
              crashing.recovered(reached, List.of()),
              userChecks,
              Depth.DEEP,
              Set.of(),
              RestoredCopy.now(),
              Duration.ofMinutes(1),
              Progress.NONE);

      assertThat(finding(checkResults.findings(), Reason.INDEX_CORRUPT).words())
          .contains(
              "the index public.rows_id of the database f_rows: ERROR:  heap tuple (0,11) from table \"rows\" lacks matching index tuple");
      assertThat(finding(checkResults.findings(), Reason.CHECK_FAILED).message())
          .contains(
              "the index public.crashing_at of the database g_crash crashed the restored server",
              "was terminated by signal 11");
      assertThat(checkResults.checks())
          .filteredOn(check -> check.name().matches("rows|checksums"))
          .hasSize(2)
          .allSatisfy(
              check ->
                  assertThat(check.detail()).isEqualTo("not run: the restored server had ended"));
      assertThat(checkResults.notChecked())
          .contains(
              "indexes: everything after the check of the index public.crashing_at of the database g_crash, which ended the session",
              "every row, because the restored server had ended");
    }
  }

  @Test
  void anInterruptEndsALongStatementAndItsSession() throws Exception {
    RestoredServer restored = new RestoredServer(copy.address);
    List<Connection> connections =
        List.of(restored.connect("shop", Duration.ZERO), restored.connect("shop", Duration.ZERO));
    Thread caller = Thread.currentThread();
    CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(caller::interrupt);
    assertThatThrownBy(
            () ->
                ParallelQueries.run(
                    connections,
                    List.of("a", "b", "c"),
                    (statement, object) -> statement.execute("select pg_catalog.pg_sleep(600)")))
        .isInstanceOf(InterruptedException.class);
    // A thread whose work has ended is still listed for a moment.
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("sweep")));
  }

  @Test
  void theEndOfTheContainerEndsALongStatement() throws Exception {
    try (RestoredCopy ending = started("ending")) {
      RestoredServer restored = new RestoredServer(ending.address);
      List<Connection> connections =
          List.of(restored.connect("shop", Duration.ZERO), restored.connect("shop", Duration.ZERO));
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(ending::kill);
      assertThatThrownBy(
              () ->
                  ParallelQueries.run(
                      connections,
                      List.of("a", "b", "c"),
                      (statement, object) -> statement.execute("select pg_catalog.pg_sleep(600)")))
          .isInstanceOf(ServerLostException.class);
    }
  }

  private static Finding finding(List<Finding> findings, Reason reason) {
    return findings.stream()
        .filter(finding -> finding.reason() == reason)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + reason + " in " + findings));
  }

  private static RestoredCopy started(String name) throws Exception {
    RestoredCopy started = new RestoredCopy(source, temp.resolve(name), null);
    RecoveryPreparation.prepare(started.order);
    started.start();
    RecoveryExpectation expectation =
        new RecoveryExpectation(
            source.label(),
            source.control(),
            Optional.of(source.endLsn()),
            Optional.of(source.label().startSegment()));
    reached =
        RecoveryWatch.await(started.running(), expectation, Duration.ofSeconds(60), Progress.NONE);
    return started;
  }
}
