package io.pgproof.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.EngineDatabase;
import io.pgproof.audit.Waivers.Waiver;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Waivers and verdicts in both databases. */
class WaiversTest {
  private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
  private static final RunId RUN = new RunId("20260301-030000-aaaa");
  private static EngineDatabase postgres;
  private static SingleConnectionDataSource connection;
  private static Named<DataSource> onPostgres;
  private static Named<DataSource> onH2;

  @BeforeAll
  static void migrate() {
    postgres = EngineDatabase.start();
    // One connection for all statements: each new one costs the server a process.
    connection =
        new SingleConnectionDataSource(postgres.url(), postgres.user(), postgres.password(), true);
    onPostgres = Named.of("PostgreSQL", connection);
    JdbcDataSource embedded = new JdbcDataSource();
    embedded.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    onH2 = Named.of("H2", embedded);
    Flyway.configure()
        .dataSource(postgres.url(), postgres.user(), postgres.password())
        .locations("classpath:db/migration/postgresql")
        .load()
        .migrate();
    Flyway.configure().dataSource(embedded).locations("classpath:db/migration/h2").load().migrate();
  }

  @AfterAll
  static void stop() {
    connection.destroy();
    postgres.close();
  }

  static Stream<Named<DataSource>> databases() {
    return Stream.of(onPostgres, onH2);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theLongestWaiverIsValidUntilItExpires(DataSource database) {
    Waivers waivers = new Waivers(database);
    Waiver shorter = new Waiver("1 0/28 then", RUN, NOW.plusSeconds(60), "otto", "it is Sunday");
    Waiver longer =
        new Waiver("1 0/28 then", RUN, NOW.plusSeconds(90), "olga", "it is still Sunday");
    waivers.grant(longer);
    waivers.grant(shorter);

    assertThat(waivers.valid("1 0/28 then", NOW)).contains(longer);
    assertThat(waivers.valid("1 0/28 then", NOW.plusSeconds(90))).isEmpty();
    assertThat(waivers.valid("1 0/29 then", NOW)).isEmpty();
    assertThat(waivers.of("1 0/28 then")).containsExactly(longer, shorter);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theLatestVerdictsOfATargetAreListedNewestFirst(DataSource database) {
    VerdictHistory verdictHistory = new VerdictHistory(database, Clock.systemUTC());
    for (Map.Entry<Verdict, Reason> reached :
        List.of(
            Map.entry(Verdict.PROVEN, Reason.FRESH),
            Map.entry(Verdict.STALE, Reason.TOO_OLD),
            Map.entry(Verdict.REFUTED, Reason.WAL_MISSING))) {
      verdictHistory.add(
          "shop",
          new RunId("20260301-030000-" + reached.getKey().word().substring(0, 4)),
          reached.getKey(),
          reached.getValue());
    }
    verdictHistory.add("crm", RUN, Verdict.PROVEN, Reason.FRESH);

    assertThat(verdictHistory.latest("shop", RUN, 2))
        .extracting(VerdictHistory.Reached::verdict)
        .containsExactly(Verdict.REFUTED, Verdict.STALE);
    assertThat(verdictHistory.latest("shop", new RunId("20260301-030000-refu"), 2))
        .extracting(VerdictHistory.Reached::verdict)
        .containsExactly(Verdict.STALE, Verdict.PROVEN);
    assertThat(verdictHistory.last("shop", Verdict.PROVEN).orElseThrow().run())
        .hasToString("20260301-030000-prov");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void waiversAndVerdictsCannotBeChangedOrDeleted(DataSource database) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    new Waivers(database).grant(new Waiver("kept", RUN, NOW, "otto", "it is Sunday"));
    new VerdictHistory(database, Clock.systemUTC()).add("kept", RUN, Verdict.STALE, Reason.TOO_OLD);
    for (String change :
        List.of(
            "update pgproof_waiver set valid_until = current_timestamp",
            "delete from pgproof_waiver",
            "update pgproof_verdict set verdict = 'proven'",
            "delete from pgproof_verdict")) {
      assertThatThrownBy(() -> jdbc.update(change))
          .isInstanceOf(DataAccessException.class)
          .rootCause()
          .hasMessageContaining(
              (change.contains("waiver") ? "pgproof_waiver" : "pgproof_verdict")
                  + " is insert-only");
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aLookUpOfAWaiverUsesTheIndex(DataSource database) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    Waivers waivers = new Waivers(database);
    for (int i = 0; i < 2_000; i++) {
      waivers.grant(new Waiver("backup " + i, RUN, NOW, "otto", "it is Sunday"));
    }
    jdbc.execute("analyze" + (database == onH2.getPayload() ? "" : " pgproof_waiver"));
    assertThat(
            String.join(
                "\n",
                jdbc.queryForList(
                    "explain select * from pgproof_waiver where backup = 'backup 7'"
                        + " and valid_until > timestamp with time zone '2026-01-01 00:00:00+00' order by valid_until desc, id desc"
                        + " fetch first 1 row only",
                    String.class)))
        .containsIgnoringCase("pgproof_waiver_backup");
  }
}
