package io.pgproof.postgres.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.postgres.recovery.RecoveryExpectation;
import io.pgproof.postgres.recovery.RecoveryPreparation;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.RecoveryWatch;
import io.pgproof.postgres.recovery.RestoredCopy;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.SourceCluster;
import io.pgproof.proof.Check;
import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sound cluster with all that might look like damage, checked on a real server that recovered
 * from its backup.
 */
@EnabledIf("io.pgproof.postgres.server.HostMachine#available")
class CheckRunnerTest {
  private static final String ODD =
      """
      create extension btree_gin;
      create schema odd;
      create extension amcheck schema odd;
      create function odd.bt_index_check(index text) returns void language plpgsql as 'begin raise ''planted''; end';
      create function odd.fails() returns event_trigger language plpgsql as $$begin raise 'no DDL here'; end$$;
      create table "odd ""and"" long"("a ""b" int primary key, t text, "from" text[]);
      insert into "odd ""and"" long" select i, repeat(md5(i::text), 200), array['x', null] from generate_series(1, 200) i;
      create index on "odd ""and"" long" (t);
      create index on "odd ""and"" long" using gin ("from");
      create index on "odd ""and"" long" using hash (t);
      create index on "odd ""and"" long" using brin (t);
      create table nothing();
      insert into nothing default values;
      create unlogged table forgotten(id int primary key, t text);
      insert into forgotten select i, repeat('x', 5000) from generate_series(1, 100) i;
      create table parts(id int, t text) partition by range (id);
      create table part1 partition of parts for values from (0) to (1000);
      create table part2 partition of parts for values from (1000) to (2000);
      create index on parts(id);
      insert into parts select i, md5(i::text) from generate_series(1, 1999) i;
      create table parent(id int); create table child(more text) inherits (parent);
      insert into child values (1, 'x');
      create materialized view seen as select count(*) from parts;
      create materialized view unseen as select 1 / 0 as x with no data;
      create view broken as select 1 / 0 as x;
      create table computed(a int, b int generated always as (a * 2) stored);
      insert into computed(a) select generate_series(1, 100);
      create table letters(t text);
      insert into letters values ('abc'), ('Abc'), ('ABC'), ('äbc'), ('Äbc');
      create function helper(text) returns text language sql immutable as 'select lower($1)';
      create function needs_path(t text) returns text language plpgsql immutable as 'begin return helper(t); end';
      create index letters_needs_path on letters (needs_path(t));
      create index letters_lower on letters (lower(t)) where t < 'z';
      create table secrets(x text);
      insert into secrets values ('very secret');
      alter table secrets enable row level security, force row level security;
      create table twice(id int); insert into twice values (1), (1);
      create index concurrently on twice(id);
      update pg_index set indisvalid = false where indrelid = 'twice'::regclass;
      select lo_from_bytea(0, repeat('large', 100000)::bytea);
      create foreign data wrapper nowhere;
      create server nowhere foreign data wrapper nowhere;
      create foreign table far(x int) server nowhere;
      create database bytes encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0;
      create database "quoted ""db"" name";
      create database closed allow_connections false;
      begin; create table locked(x int); insert into locked values (1); commit;
      begin; alter table locked add y int; prepare transaction 'locking';
      alter database "quoted ""db"" name" set default_transaction_read_only = on;
      alter database "quoted ""db"" name" set default_transaction_isolation = 'serializable';
      alter database "quoted ""db"" name" set maintenance_work_mem = '1TB';
      alter database "quoted ""db"" name" set search_path = odd, pg_catalog;
      create database cafe;
      \\c bytes
      update pg_database set datname = convert_from('\\x636166e9', 'SQL_ASCII')::name where datname = 'cafe';
      do $$begin execute format('create table %I(i int primary key)', convert_from('\\xe9e8', 'SQL_ASCII')); end$$;
      create table "café"(i int primary key);
      \\c shop
      create event trigger no_ddl on ddl_command_start execute function odd.fails();
      """;

  @TempDir static Path temp;
  private static SourceCluster source;
  private RestoredCopy copy;
  private RecoveryResult reached;
  private final Set<String> told = new ConcurrentSkipListSet<>();

  @BeforeAll
  static void backedUp() throws Exception {
    source = SourceCluster.backedUp(temp.resolve("source"), ODD);
  }

  @AfterEach
  void gone() {
    if (copy != null) {
      copy.close();
    }
  }

  @Test
  void deepProvesASoundCopyAndReportsWhatItDidNotCheck() throws Exception {
    start("deep");
    CheckResults checkResults = examine(Depth.DEEP);

    assertThat(checkResults.findings()).isEmpty();
    assertThat(checkResults.checks())
        .extracting(Check::name)
        .containsExactly("freshness", "recovery", "indexes", "rows", "checksums");
    assertThat(checkResults.checks())
        .filteredOn(check -> !check.name().equals("recovery"))
        .as(checkResults.checks().toString())
        .extracting(Check::outcome)
        .containsOnly(Outcome.PASSED);
    assertThat(detail(checkResults, "recovery"))
        .isEqualTo("the image lacks absent_library (preloaded by the source)");
    assertThat(detail(checkResults, "indexes"))
        .matches(
            "8\\d\\d indexes and 5\\d\\d tables in 6 databases, every row looked up in its indexes");
    assertThat(detail(checkResults, "rows"))
        .matches("every row of [34]\\d\\d tables in 6 databases, 5 catalogs dumped");
    assertThat(detail(checkResults, "checksums")).matches("[4-9],\\d{3} pages after a clean stop");
    assertThat(checkResults.notChecked())
        .containsExactlyInAnyOrder(
            "indexes: the database template0, which allows no connections",
            "indexes: the database closed, which allows no connections",
            "indexes: whether pages are missing from 8 tables without a B-tree index",
            "indexes: 1 invalid index of the database shop, which no query uses",
            "indexes: indexes by brin of the database shop, which amcheck does not support: 1",
            "indexes: indexes by gin of the database shop, which amcheck does not support: 1",
            "indexes: indexes by hash of the database shop, which amcheck does not support: 1",
            "indexes: the rows of the index public.letters_needs_path of the database shop, because its expression gave an error with SQLSTATE 42883",
            "indexes: the table public.locked of the database shop, which a prepared transaction of the source has locked",
            "rows: the database template0, which allows no connections",
            "rows: the database closed, which allows no connections",
            "rows: the table public.locked of the database shop, which a prepared transaction of the source has locked",
            "rows: whether the catalog of the database shop can be dumped, because a prepared transaction of the source has locked a part of it");
    assertThat(told)
        .contains(
            "freshness and assertions",
            "indexes: database shop, 0 of 262",
            "rows: pg_dump --schema-only of the database shop",
            "checksums: pg_checksums");
    assertThat(checkResults.toString()).doesNotContain("very secret");
    assertThat(Files.readString(copy.log)).doesNotContain("very secret");
  }

  @Test
  void standardChecksOnlyIndexesAndTables() throws Exception {
    start("standard");
    CheckResults checkResults = examine(Depth.STANDARD, "select true");

    assertThat(checkResults.findings()).isEmpty();
    assertThat(checkResults.checks())
        .extracting(Check::name)
        .containsExactly("freshness", "assertion:1", "recovery", "indexes");
    assertThat(detail(checkResults, "indexes"))
        .matches("8\\d\\d indexes and 5\\d\\d tables in 6 databases");
    assertThat(checkResults.notChecked())
        .contains(
            "whether every row is in its indexes",
            "every row",
            "checksums of pages as recovery left them (pg_checksums)");
  }

  @Test
  void quickRunsTheQueriesAndReportsWhatItDidNotCheck() throws Exception {
    start("quick");
    CheckResults checkResults = examine(Depth.QUICK, "select true");

    assertThat(checkResults.findings()).isEmpty();
    assertThat(checkResults.checks())
        .extracting(Check::name)
        .containsExactly("freshness", "assertion:1", "recovery");
    assertThat(checkResults.notChecked())
        .containsExactly(
            "indexes and tables (amcheck)",
            "every row",
            "checksums of pages as recovery left them (pg_checksums)");
  }

  @Test
  void checksAfterTheEndOfTheServerAreReportedAsNotMade() throws Exception {
    start("ended");
    copy.kill();

    CheckResults checkResults = examine(Depth.DEEP);
    assertThat(checkResults.checks())
        .filteredOn(check -> check.outcome() == Outcome.SKIPPED)
        .extracting(Check::name)
        .containsExactly("indexes", "rows", "checksums");
    assertThat(detail(checkResults, "recovery"))
        .isEqualTo("pgproof could not look up in every database what the image lacks");
    assertThat(checkResults.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.CHECK_FAILED);
              assertThat(finding.message())
                  .isEqualTo("the check indexes was not run: the restored server had ended");
            });
  }

  @Test
  void badPagesAreNamedWithFileAndBlock() throws Exception {
    damage("pages");

    CheckResult checkResult =
        ChecksumCheck.run(
            copy.recovered(reached, List.of()), Set.of(), Duration.ofMinutes(1), Progress.NONE);
    assertThat(checkResult.check().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(checkResult.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.PAGE_CHECKSUM);
              assertThat(finding.message())
                  .contains("checksum verification failed in file \"base/", "\", block 0:");
            });
  }

  @Test
  void aBadPageOfAnUnusedFileRefutesNothing() throws Exception {
    String file = damage("torn");

    CheckResult checkResult =
        ChecksumCheck.run(
            copy.recovered(reached, List.of()), Set.of(file), Duration.ofMinutes(1), Progress.NONE);
    assertThat(checkResult.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.TORN_PAGE);
              assertThat(finding.message()).contains(file);
            });
  }

  /**
   * Flips a bit behind the back of the server, which has this table's pages in no memory, and gives
   * the file's name.
   */
  private String damage(String name) throws Exception {
    start(name);
    String file =
        SourceCluster.found(
            asked("shop", "select 'at ' || pg_relation_filepath('public.letters')"), "at (\\S+)");
    copy.recovered(reached, List.of()).machine().stop();
    byte[] page = Files.readAllBytes(copy.data.resolve(file));
    page[8000] ^= 1;
    Files.write(copy.data.resolve(file), page);
    return file;
  }

  private static String detail(CheckResults checkResults, String name) {
    return checkResults.checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow()
        .detail();
  }

  private String asked(String database, String sql) throws Exception {
    try (Connection connection =
            new RestoredServer(copy.address).connect(database, Duration.ofSeconds(20));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void start(String name) throws Exception {
    copy = new RestoredCopy(source, temp.resolve(name), null);
    RecoveryPreparation.prepare(copy.order);
    copy.start();
    reached =
        RecoveryWatch.await(copy.running(), expectation(), Duration.ofSeconds(60), Progress.NONE);
  }

  private CheckResults examine(Depth depth, String... assertions) throws Exception {
    UserChecks userChecks =
        new UserChecks(
            "postgres",
            Optional.empty(),
            List.of(assertions),
            Duration.ofDays(10_000),
            Duration.ofSeconds(20),
            ZoneId.of("UTC"));
    return CheckRunner.of(
        copy.recovered(reached, List.of("absent_library", "pg_stat_statements")),
        userChecks,
        depth,
        Set.of(),
        RestoredCopy.now(),
        Duration.ofMinutes(2),
        (done, total, note) -> told.add(note));
  }

  private static RecoveryExpectation expectation() throws Exception {
    return new RecoveryExpectation(
        source.label(),
        source.control(),
        Optional.of(source.endLsn()),
        Optional.of(source.label().startSegment()));
  }
}
