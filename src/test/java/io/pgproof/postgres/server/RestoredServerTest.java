package io.pgproof.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.backup.format.Lsn;
import io.pgproof.postgres.check.CheckResult;
import io.pgproof.postgres.check.CheckResults;
import io.pgproof.postgres.check.LibraryMismatch;
import io.pgproof.postgres.check.RestoreNotes;
import io.pgproof.postgres.check.UserChecks;
import io.pgproof.postgres.check.UserQueries;
import io.pgproof.postgres.recovery.RecoveryExpectation;
import io.pgproof.postgres.recovery.RecoveryPreparation;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.RecoveryWatch;
import io.pgproof.postgres.recovery.RestoredCopy;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server, recovered from a real backup whose source planted what a hostile or careless owner
 * would.
 */
@EnabledIf("io.pgproof.postgres.server.HostMachine#available")
class RestoredServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final String PLANTED =
      """
      create role nobody nologin;
      alter role postgres set session_preload_libraries = 'nonexistent';
      alter role postgres set local_preload_libraries = 'nonexistent';
      alter role postgres set statement_timeout = 1;
      alter role postgres set role = 'nobody';
      alter role postgres set default_transaction_read_only = off;
      alter role postgres set zero_damaged_pages = on;
      alter role postgres set lc_messages = 'C.UTF-8';
      alter role postgres in database shop set search_path = 'pg_temp';
      create schema app;
      create table app.hidden as select 7 as x;
      create function app.pg_is_in_recovery() returns boolean language sql as 'select true';
      alter database shop set search_path = app, public;
      create extension pgcrypto schema public;
      update pg_proc set probin = '$libdir/absent' where proname = 'gen_random_bytes';
      create database foreign_locale;
      update pg_database set datcollate = 'xx_XX.UTF-8' where datname = 'foreign_locale';
      create table secrets as select 'very secret'::text as x;
      create table unlocalised as select timestamp '2026-01-15 12:00' as t, date '2026-01-15' as d;
      create table documents as select '{"key": 1}'::jsonb as body;
      alter role postgres in database shop reset search_path;
      create unlogged table sessions(id int); create unlogged table caches(id int);
      create database moved encoding 'UTF8' template template0;
      \\c moved
      create table users(email text collate "C" primary key, id int);
      insert into users select case when i % 2 = 0 then 'U' else 'u' end || i || '@x', i from generate_series(1, 20000) i;
      analyze users;
      update pg_index set indcollation = (select oid::text from pg_collation where collname = 'en-x-icu')::oidvector
        where indexrelid = 'users_pkey'::regclass;
      update pg_attribute set attcollation = (select oid from pg_collation where collname = 'en-x-icu')
        where attrelid in ('users'::regclass, 'users_pkey'::regclass) and attname = 'email';
      update pg_collation set collversion = '1.1' where collname = 'en-x-icu';
      create database settled encoding 'UTF8' template template0;
      \\c settled
      create table users(email text collate "en-x-icu" primary key, id int);
      insert into users select case when i % 2 = 0 then 'U' else 'u' end || i || '@x', i from generate_series(1, 20000) i;
      analyze users;
      """;

  @TempDir static Path temp;
  private static SourceCluster source;
  private static RestoredCopy copy;
  private static RecoveryResult reached;

  @BeforeAll
  static void recovered() throws Exception {
    source = SourceCluster.backedUp(temp.resolve("source"), PLANTED);
    copy = new RestoredCopy(source, temp.resolve("copy"), null);
    RecoveryPreparation.prepare(copy.order);
    copy.start();
    reached =
        RecoveryWatch.await(copy.running(), expectation(), Duration.ofSeconds(60), Progress.NONE);
  }

  @AfterAll
  static void gone() {
    if (copy != null) {
      copy.close();
    }
  }

  static RecoveryExpectation expectation() throws IOException, InterruptedException {
    return new RecoveryExpectation(
        source.label(),
        source.control(),
        Optional.of(source.endLsn()),
        Optional.of(source.label().startSegment()));
  }

  @Test
  void recoveryReachesTheEndThatTheManifestNames() throws IOException {
    assertThat(reached.timeline()).isEqualTo(1);
    assertThat(reached.endLsn()).isGreaterThanOrEqualTo(source.endLsn());
    assertThat(reached.lastCommit()).isPresent();
    assertThat(reached.check().detail()).contains("consistent at ", "timeline 1");
  }

  @Test
  void plantedRoleSettingsDoNotAffectOurSessions() throws SQLException {
    try (Connection connection = new RestoredServer(copy.address).connect("shop", LIMIT)) {
      assertThat(one(connection, "show session_preload_libraries")).isEmpty();
      assertThat(one(connection, "show statement_timeout")).isEqualTo("20s");
      assertThat(one(connection, "show search_path")).isEqualTo("pg_catalog");
      assertThat(one(connection, "show zero_damaged_pages")).isEqualTo("off");
      assertThat(one(connection, "show lc_messages")).isEqualTo("C");
      assertThat(one(connection, "select current_user")).isEqualTo("postgres");
    }
  }

  @Test
  void settingsOfTheSourceDoNotAffectTheServer() throws SQLException {
    try (Connection connection = new RestoredServer(copy.address).connect("postgres", LIMIT)) {
      assertThat(one(connection, "show archive_mode")).isEqualTo("off");
      assertThat(one(connection, "show listen_addresses")).isEmpty();
      assertThat(one(connection, "show config_file"))
          .isEqualTo("/pgproof/settings/postgresql.conf");
      assertThat(one(connection, "select count(*) from pg_catalog.pg_prepared_xacts"))
          .isEqualTo("1");
      assertThat(
              one(
                  connection,
                  "select string_agg(name || ' ' || error, ',') from pg_catalog.pg_file_settings"
                      + " where error is not null"))
          .isNull();
    }
  }

  @Test
  void userSqlRunsAsInPsql() throws Exception {
    assertThat(
            ask(
                    "shop",
                    null,
                    "select x = 7 from hidden",
                    "select count(*) > 0 from orders",
                    "select body ? 'key' from documents;",
                    "select '{d x}' like '{%'")
                .findings())
        .isEmpty();
  }

  @Test
  void commitTimesOfTheSourceAreKept() throws Exception {
    assertThat(
            ask("shop", "select max(pg_xact_commit_timestamp(xmin)) from orders")
                .freshness()
                .newest())
        .isAfter(Instant.now().minus(Duration.ofHours(1)));
  }

  @Test
  void freshnessIsReadFromEveryTypeOfTime() throws Exception {
    for (String column : List.of("created_at", "created_local", "day")) {
      CheckResults checkResults = ask("shop", "select max(" + column + ") from orders");
      assertThat(checkResults.findings()).as(column).isEmpty();
      assertThat(checkResults.freshness().source()).isEqualTo("query");
      assertThat(checkResults.checks().get(0).outcome())
          .isEqualTo(io.pgproof.proof.Check.Outcome.PASSED);
    }
  }

  @Test
  void timesWithoutAZoneAreReadInTheConfiguredZone() throws Exception {
    assertThat(newest("select t from unlocalised", ZoneId.of("America/New_York")))
        .isEqualTo("2026-01-15T17:00:00Z");
    assertThat(newest("select d from unlocalised", ZoneId.of("America/New_York")))
        .isEqualTo("2026-01-15T05:00:00Z");
    assertThat(newest("select t from unlocalised", ZoneId.of("+05:30")))
        .isEqualTo("2026-01-15T06:30:00Z");
    assertThat(newest("select t::timestamptz from unlocalised", ZoneId.of("+05:30")))
        .isEqualTo("2026-01-15T06:30:00Z");
    assertThat(newest("select t::timestamptz from unlocalised", ZoneId.of("UTC+2")))
        .isEqualTo("2026-01-15T10:00:00Z");
    assertThat(newest("select t from unlocalised", UTC)).isEqualTo("2026-01-15T12:00:00Z");
  }

  @Test
  void aResultWithoutATimeLeavesTheFreshnessUnknown() throws Exception {
    for (String sql :
        List.of(
            "select created_at from orders where false",
            "select max(created_at) from orders where false",
            "select created_at from orders",
            "select created_at, id from orders limit 1",
            "select '2026-01-01T00:00:00Z'",
            "select 1767225600",
            "select 'infinity'::timestamptz",
            "select '-infinity'::timestamp",
            "select 'infinity'::date",
            "set work_mem = '4MB'")) {
      CheckResults checkResults = ask("shop", sql);
      assertThat(checkResults.findings())
          .as(sql)
          .singleElement()
          .satisfies(finding -> assertThat(finding.reason()).isEqualTo(Reason.FRESHNESS_UNKNOWN));
      assertThat(checkResults.freshness()).isNull();
    }
  }

  @Test
  void theWalGivesTheAgeIfThereIsNoQuery() throws Exception {
    CheckResults checkResults = ask("postgres", null);
    assertThat(checkResults.freshness().source()).isEqualTo("wal");
    assertThat(checkResults.freshness().newest()).isEqualTo(reached.lastCommit().orElseThrow());
  }

  @Test
  void aFailedQuerySaysWhyAndTheOthersStillRun() throws Exception {
    CheckResults checkResults =
        ask(
            "shop",
            "select max(nothing) from orders",
            "select false",
            "select 1/0 = 1",
            "select null::boolean",
            "select 1",
            "select true, true",
            "select true from orders limit 2",
            "select true where false",
            "delete from orders returning true",
            "select true; select true",
            "select x::int = 1 from secrets",
            "select pg_sleep(30) is null",
            "select true");
    assertThat(checkResults.checks()).hasSize(13);
    assertThat(checkResults.findings())
        .extracting(Finding::reason)
        .containsExactly(
            Reason.QUERY_FAILED,
            Reason.ASSERTION_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED,
            Reason.QUERY_FAILED);
    assertThat(checkResults.findings().get(0).words())
        .contains("column \"nothing\" does not exist at character 12");
    assertThat(checkResults.findings().get(2).words()).contains("division by zero");
    assertThat(checkResults.findings().get(8).message()).contains("read-only");
    assertThat(checkResults.findings().get(9).message()).contains("one statement");
    assertThat(checkResults.findings().toString()).doesNotContain("very secret");
    assertThat(checkResults.findings().get(11).message()).contains("did not end within 2 s");
  }

  @Test
  void queriesAreNotInTheLog() throws Exception {
    ask("shop", null, "select x::int = 1 from secrets", "select 'needle' = raise_needle()");
    assertThat(Files.readString(copy.log)).doesNotContain("needle", "very secret");
  }

  @Test
  void aMissingDatabaseOrTableNamesTheDatabases() throws Exception {
    assertThat(ask("nowhere", "select now()").findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.QUERY_FAILED);
              assertThat(finding.hint()).contains("--database", "shop");
            });
    assertThat(ask("postgres", "select max(created_at) from orders").findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.hint()).contains("--database", "shop"));
  }

  @Test
  void missingLibrariesAndCollationsAreNotTheBackupsFault() throws Exception {
    assertThat(ask("shop", null, "select gen_random_bytes(1) is not null").findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.LIBRARY_MISSING);
              assertThat(finding.message()).contains("absent");
            });
    assertThat(ask("foreign_locale", null, "select true").findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.COLLATION_MISMATCH);
              assertThat(finding.hint()).contains("images.yaml");
            });
  }

  private static final String BOTH =
      "select exists(select from users where email = 'U14000@x') and exists(select from users where email = 'u14001@x')";

  @Test
  void anAnswerThatSortOrderMayExplainIsNotTheBackupsFault() throws Exception {
    List<Finding> findings =
        ask("moved", null, BOTH, "select max(email) = 'z' from users").findings();
    assertThat(findings)
        .extracting(Finding::reason)
        .containsExactly(Reason.COLLATION_MISMATCH, Reason.COLLATION_MISMATCH);
    assertThat(findings.get(0).message())
        .contains("without indexes the result is different", "en-x-icu has the version 1.1");

    // Where the order is the source's own, the same words are false for what the backup holds.
    assertThat(
            ask(
                    "settled",
                    null,
                    BOTH,
                    BOTH.replace("14001", "99999"),
                    "select max(email) = 'z' from users")
                .findings())
        .extracting(Finding::reason)
        .containsExactly(Reason.ASSERTION_FAILED, Reason.ASSERTION_FAILED);
  }

  @Test
  void anAnswerThatSortOrderCannotExplainIsTheBackupsFault() throws Exception {
    assertThat(
            ask(
                    "moved",
                    null,
                    "select count(*) = 20001 from users",
                    "select count(*) > 0 from users where email = 'nobody'",
                    BOTH.replace("14001", "99999"),
                    "select count(*) = 0 from users where id > 5 and id <= 10",
                    "select 1 = 2")
                .findings())
        .extracting(Finding::reason)
        .containsOnly(Reason.ASSERTION_FAILED)
        .hasSize(5);
  }

  @Test
  void oldDataAreStaleInAnySortOrder() throws Exception {
    String old =
        "select max(timestamptz '2020-01-01 00:00Z' + id * interval '1 second') from users";
    assertThat(reasonOfAge("moved", old)).isEqualTo(Reason.TOO_OLD);
    assertThat(reasonOfAge("moved", old + " where email = 'u14001@x'"))
        .isEqualTo(Reason.FRESHNESS_UNKNOWN);
    String byText = "select timestamptz '2020-01-01 00:00Z' from users order by email limit 1";
    assertThat(reasonOfAge("moved", byText)).isEqualTo(Reason.COLLATION_MISMATCH);
    assertThat(reasonOfAge("settled", byText)).isEqualTo(Reason.TOO_OLD);
  }

  private static Reason reasonOfAge(String database, String query) throws Exception {
    UserChecks userChecks =
        new UserChecks(database, Optional.of(query), List.of(), Duration.ofDays(1), LIMIT, UTC);
    return copy.ask(copy.running(), userChecks, reached).findings().get(0).reason();
  }

  @Test
  void aMissingLibraryMayExplainAnyAnswer() throws Exception {
    LibraryMismatch libraries = new LibraryMismatch(copy.recovered(reached, List.of()));
    assertThat(asked(libraries, "shop").findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.reason()).isEqualTo(Reason.LIBRARY_MISSING);
              assertThat(finding.message()).contains("assertion 1 is false", "absent");
            });
    assertThat(asked(libraries, "settled").findings())
        .extracting(Finding::reason)
        .containsExactly(Reason.ASSERTION_FAILED);
    LibraryMismatch preloaded = new LibraryMismatch(copy.recovered(reached, List.of("pg_cron")));
    assertThat(asked(preloaded, "settled").findings())
        .extracting(Finding::reason)
        .containsExactly(Reason.LIBRARY_MISSING);
  }

  private static CheckResult asked(LibraryMismatch libraries, String database)
      throws InterruptedException {
    return new UserQueries(
            copy.running(), asked(database, null, UTC, "select false"), libraries::of)
        .assertion(1);
  }

  @Test
  void unloggedTablesAreNoted() throws Exception {
    assertThat(RestoreNotes.of(copy.recovered(reached, List.of())))
        .singleElement()
        .asString()
        .contains("unlogged", "2 tables of the database shop", "sessions", "caches");
  }

  @Test
  void anyOpenDatabaseIsConnectedTo() throws Exception {
    try (Connection connection = new RestoredServer(copy.address).connect("shop", LIMIT);
        Statement statement = connection.createStatement()) {
      statement.execute("alter database postgres rename to old_postgres");
      statement.execute("alter database template1 allow_connections false");
      statement.execute("checkpoint");
      try {
        assertThat(DatabaseNames.read(copy.data, HostMachine.version(), source.control()))
            .contains("shop", "moved", "template1");
        ServerAddress known =
            new ServerAddress(
                copy.socket,
                HostMachine.UID,
                copy.address.systemIdentifier(),
                "postgres",
                HostMachine.version(),
                List.of("dropped", "shop"));
        assertThat(new RestoredServer(known).databases())
            .contains("shop", "moved")
            .doesNotContain("template1");
        ServerAddress unknown =
            new ServerAddress(
                copy.socket,
                HostMachine.UID,
                copy.address.systemIdentifier(),
                "postgres",
                HostMachine.version(),
                List.of());
        assertThatThrownBy(() -> new RestoredServer(unknown).databases())
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(RestoredServer.isElsewhere(e)).isTrue());
      } finally {
        statement.execute("alter database old_postgres rename to postgres");
        statement.execute("alter database template1 allow_connections true");
      }
    }
  }

  @Test
  void theMemoryLimitIsReadBeforeAQueryIsBlamed() throws Exception {
    RunningServer starved = new RunningServer(copy.address, copy.log, copy::alive, () -> true);
    UserChecks userChecks = asked("shop", null, UTC, "select no_such_function()");
    assertThat(copy.ask(starved, userChecks, reached).findings())
        .extracting(Finding::reason)
        .containsExactly(Reason.OUT_OF_MEMORY);
  }

  @Test
  void anInterruptEndsAUserStatement() {
    UserChecks userChecks =
        new UserChecks(
            "shop",
            Optional.empty(),
            List.of("select pg_sleep(600) is not null"),
            Duration.ofDays(10_000),
            Duration.ofMinutes(20),
            UTC);
    Thread caller = Thread.currentThread();
    CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(caller::interrupt);
    assertThatThrownBy(() -> copy.ask(copy.running(), userChecks, reached))
        .isInstanceOf(InterruptedException.class);
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("question")));
  }

  @Test
  void anUnknownSuperuserIsNamedWithItsOption() {
    ServerAddress other =
        new ServerAddress(
            copy.socket,
            HostMachine.UID,
            copy.address.systemIdentifier(),
            "nobody_knows",
            HostMachine.version(),
            List.of());
    RunningServer server = new RunningServer(other, copy.log, copy::alive, () -> false);
    assertThatThrownBy(() -> RecoveryWatch.await(server, expectation(), LIMIT, Progress.NONE))
        .isInstanceOfSatisfying(
            FindingException.class,
            e -> {
              assertThat(e.finding().reason()).isEqualTo(Reason.QUERY_FAILED);
              assertThat(e.finding().hint()).contains("--superuser");
            });
  }

  @Test
  void aLinkToAnotherSocketIsRefused() throws IOException {
    Path planted = Files.createDirectory(temp.resolve("planted"));
    Files.createSymbolicLink(
        planted.resolve(".s.PGSQL.5432"), copy.socket.resolve(".s.PGSQL.5432"));
    assertRefused(
        new ServerAddress(
            planted, HostMachine.UID, null, "postgres", HostMachine.version(), List.of()),
        "symbolic link");
  }

  @Test
  void aServerOfAnotherUserIsRefused() {
    assertRefused(
        new ServerAddress(
            copy.socket, HostMachine.UID + 1, null, "postgres", HostMachine.version(), List.of()),
        "user id " + HostMachine.UID + " answers");
  }

  @Test
  void aServerOfAnotherClusterIsRefused() {
    assertRefused(
        new ServerAddress(
            copy.socket, HostMachine.UID, "7", "postgres", HostMachine.version(), List.of()),
        "system identifier");
  }

  @Test
  void nothingIsSentToAnotherUsersServer() throws Exception {
    assertThat(received("other", 4_000_000)).isEmpty();
  }

  @Test
  void aServerThatAsksForAPasswordGetsNone() throws Exception {
    byte[] sent = received("asking", (Integer) Files.getAttribute(temp, "unix:uid"));
    // Only the startup packet, whose length it tells itself, and no password message after it.
    assertThat(sent.length).isEqualTo(ByteBuffer.wrap(sent).getInt());
  }

  /** What a server that asks for a password in clear text is sent in all. */
  private static byte[] received(String name, int expectedUid) throws Exception {
    Path directory = Files.createDirectory(temp.resolve(name));
    try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listening.bind(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL.5432")));
      CompletableFuture<byte[]> received =
          CompletableFuture.supplyAsync(
              () -> {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (SocketChannel client = listening.accept()) {
                  ByteBuffer buffer = ByteBuffer.allocate(4096);
                  boolean userChecks = false;
                  while (client.read(buffer) >= 0) {
                    bytes.write(buffer.array(), 0, buffer.position());
                    buffer.clear();
                    if (!userChecks) {
                      client.write(ByteBuffer.wrap(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 3}));
                      userChecks = true;
                    }
                  }
                } catch (IOException e) {
                  // The client hung up in its own way; what it sent before counts.
                }
                return bytes.toByteArray();
              });
      ServerAddress address =
          new ServerAddress(
              directory, expectedUid, null, "postgres", HostMachine.version(), List.of());
      assertThatThrownBy(() -> new RestoredServer(address).connect("postgres", LIMIT))
          .isInstanceOfAny(SQLException.class, FindingException.class);
      return received.get(5, TimeUnit.MINUTES);
    }
  }

  private static void assertRefused(ServerAddress address, String why) {
    assertThatThrownBy(() -> new RestoredServer(address).connect("postgres", LIMIT))
        .isInstanceOfSatisfying(
            FindingException.class,
            e -> {
              assertThat(e.finding()).returns(Verdict.INCONCLUSIVE, Finding::verdict);
              assertThat(e.finding().message()).contains(why);
            });
  }

  private static CheckResults ask(String database, String freshness, String... assertions)
      throws InterruptedException {
    return copy.ask(copy.running(), asked(database, freshness, UTC, assertions), reached);
  }

  private static Instant newest(String sql, ZoneId zone) throws InterruptedException {
    return copy.ask(copy.running(), asked("shop", sql, zone), reached).freshness().newest();
  }

  private static UserChecks asked(
      String database, String freshness, ZoneId zone, String... assertions) {
    return new UserChecks(
        database,
        Optional.ofNullable(freshness),
        List.of(assertions),
        Duration.ofDays(10_000),
        Duration.ofSeconds(2),
        zone);
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  @Test
  void recoveryEndsAtTheEndOfItsLastRecord() throws SQLException {
    try (Connection connection = new RestoredServer(copy.address).connect("postgres", LIMIT)) {
      assertThat(Lsn.parse(one(connection, "select pg_current_wal_lsn()")))
          .isGreaterThanOrEqualTo(reached.endLsn());
    }
  }
}
