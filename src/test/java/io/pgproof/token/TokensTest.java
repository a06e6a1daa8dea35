package io.pgproof.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.proof.UsageException;
import io.pgproof.token.Token.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Tokens in both databases. */
class TokensTest {
  private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
  private static EngineDatabase postgres;
  private static SingleConnectionDataSource onPostgres;
  private static JdbcConnectionPool onH2;

  @BeforeAll
  static void migrate() {
    postgres = EngineDatabase.start();
    onPostgres =
        new SingleConnectionDataSource(postgres.url(), postgres.user(), postgres.password(), true);
    onH2 =
        JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "", "");
    Flyway.configure()
        .dataSource(postgres.url(), postgres.user(), postgres.password())
        .locations("classpath:db/migration/postgresql")
        .load()
        .migrate();
    Flyway.configure().dataSource(onH2).locations("classpath:db/migration/h2").load().migrate();
  }

  @AfterAll
  static void stop() {
    onPostgres.destroy();
    onH2.dispose();
    postgres.close();
  }

  static Stream<Named<DataSource>> databases() {
    return Stream.of(Named.of("PostgreSQL", onPostgres), Named.of("H2", onH2));
  }

  private static Tokens at(DataSource database, Instant now) {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    return new Tokens(database, new EvidenceLog(database, clock), clock);
  }

  private static TokenRequest request(String user, Scope... scopes) {
    return new TokenRequest(
        user, "nightly pipeline", new TreeSet<>(Set.of(scopes)), Duration.ofDays(30));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aTokenIsFoundByItsSecretOnly(DataSource database) {
    Tokens tokens = at(database, NOW);
    Tokens.Created created = tokens.create(request("olga", Scope.VERIFY, Scope.READ), "root");

    Token found = tokens.find(created.secret()).orElseThrow();
    assertThat(found).isEqualTo(created.token());
    assertThat(found.user()).isEqualTo("olga");
    assertThat(found.scopes()).containsExactly(Scope.READ, Scope.VERIFY);
    assertThat(found.created()).isEqualTo(new Token.Act(NOW, "root"));
    assertThat(found.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(30)));
    assertThat(found.lastUse()).isEmpty();
    assertThat(tokens.find(TokenSecret.create())).isEmpty();
    assertThat(new JdbcTemplate(database).queryForList("select * from pgproof_token").toString())
        .contains(found.id())
        .doesNotContain(created.secret().reveal());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void evidenceSaysWhoCreatedAndRevokedAToken(DataSource database) {
    Tokens tokens = at(database, NOW);
    Tokens.Created created = tokens.create(request("otto", Scope.VERIFY, Scope.READ), "root");
    String id = created.token().id();
    tokens.revoke(id, "ada");
    tokens.revoke(id, "olga");
    assertThat(
            new ServerHistory(new EvidenceLog(database, Clock.systemUTC()))
                .latest(2).stream().map(event -> event.actor() + " " + event.what()))
        .containsExactly(
            "ada revoked token " + id + " (nightly pipeline) of otto",
            "root created token "
                + id
                + " (nightly pipeline) of otto for read, verify, valid until 2026-03-31 03:00:00 UTC");
    assertThat(
            new JdbcTemplate(database)
                .queryForList("select body from pgproof_evidence", String.class)
                .toString())
        .doesNotContain(created.secret().reveal());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aTokenExpires(DataSource database) {
    Token token = at(database, NOW).create(request("olga", Scope.READ), "olga").token();
    assertThat(token.state(NOW)).isEqualTo(State.VALID);
    assertThat(token.state(token.expiresAt().minusMillis(1))).isEqualTo(State.VALID);
    assertThat(token.state(token.expiresAt())).isEqualTo(State.EXPIRED);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aTokenIsRevokedOnce(DataSource database) {
    Tokens.Created created = at(database, NOW).create(request("olga", Scope.READ), "olga");
    String id = created.token().id();
    Tokens later = at(database, NOW.plusSeconds(7));
    assertThat(later.revoke(id, "ada")).map(Token::id).contains(id);
    assertThat(later.revoke(id, "olga")).isEmpty();
    assertThat(later.revoke("00000000", "olga")).isEmpty();
    Token revoked = later.find(created.secret()).orElseThrow();
    assertThat(revoked.revocation()).contains(new Token.Act(NOW.plusSeconds(7), "ada"));
    assertThat(revoked.state(NOW.plusSeconds(7))).isEqualTo(State.REVOKED);
    assertThat(revoked.state(revoked.expiresAt())).isEqualTo(State.REVOKED);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theLastUseIsRecordedToTheMinute(DataSource database) {
    String id = at(database, NOW).create(request("olga", Scope.READ), "olga").token().id();
    use(database, id, NOW, "192.0.2.1");
    use(database, id, NOW.plusSeconds(59), "192.0.2.2");
    assertThat(at(database, NOW).find(id).orElseThrow().lastUse())
        .contains(new Token.Use(NOW, "192.0.2.1"));
    use(database, id, NOW.plusSeconds(60), "2001:db8::" + "1".repeat(100));
    assertThat(at(database, NOW).find(id).orElseThrow().lastUse())
        .hasValueSatisfying(
            use -> {
              assertThat(use.at()).isEqualTo(NOW.plusSeconds(60));
              assertThat(use.from()).startsWith("2001:db8::1").hasSize(64);
            });
  }

  private static void use(DataSource database, String id, Instant now, String from) {
    Tokens tokens = at(database, now);
    tokens.recordUse(tokens.find(id).orElseThrow(), from);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theNewestTokenIsListedFirst(DataSource database) {
    String first = at(database, NOW).create(request("lisa", Scope.READ), "lisa").token().id();
    String second =
        at(database, NOW.plusSeconds(1)).create(request("lisa", Scope.READ), "lisa").token().id();
    String other =
        at(database, NOW.plusSeconds(2)).create(request("otto", Scope.READ), "root").token().id();
    Tokens tokens = at(database, NOW);
    assertThat(tokens.of("lisa")).extracting(Token::id).containsExactly(second, first);
    assertThat(tokens.all()).extracting(Token::id).startsWith(other, second);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aUserHasALimitedNumberOfValidTokens(DataSource database) {
    Tokens tokens = at(database, NOW);
    String one = "";
    for (int i = 0; i < Tokens.MOST_OF_ONE_USER; i++) {
      one = tokens.create(request("many", Scope.READ), "many").token().id();
    }
    TokenRequest another = request("many", Scope.READ);
    assertThatThrownBy(() -> tokens.create(another, "many"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("many has 50 valid tokens");
    tokens.revoke(one, "many");
    tokens.create(another, "many");
    assertThat(at(database, NOW.plus(Duration.ofDays(30))).create(another, "many")).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void onlyUsersOfTheEngineExist(DataSource database) {
    TokenUsers users = new TokenUsers(database);
    assertThat(users.exists("olga")).as("without the engine's table").isFalse();
    JdbcTemplate jdbc = new JdbcTemplate(database);
    jdbc.execute("create table act_id_user (id_ varchar(64))");
    try {
      jdbc.update("insert into act_id_user values ('olga')");
      assertThat(users.exists("olga")).isTrue();
      assertThat(users.exists("Olga")).isFalse();
    } finally {
      jdbc.execute("drop table act_id_user");
    }
  }

  @Test
  void everythingThatIsWrongIsNamed() {
    Tokens tokens = at(onH2, NOW);
    TokenRequest wrong = new TokenRequest(" ", "a\nb", new TreeSet<>(), Duration.ofDays(367));
    assertThatThrownBy(() -> tokens.create(wrong, "root"))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll(
            "4 mistakes", "the user", "'a b'", "the token has no scope", "from 1 minute to 366");
  }

  @ParameterizedTest
  @CsvSource({"PT59S, false", "PT1M, true", "P366D, true", "PT8784H0.001S, false"})
  void theLifetimeIsLimited(Duration lifetime, boolean allowed) {
    TokenRequest request =
        new TokenRequest("olga", "x", new TreeSet<>(List.of(Scope.READ)), lifetime);
    if (allowed) {
      request.check();
    } else {
      assertThatThrownBy(request::check).isInstanceOf(UsageException.class);
    }
  }
}
