package io.pgproof.web.page.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.PersonIds;
import io.pgproof.token.Scope;
import io.pgproof.token.Token;
import io.pgproof.token.TokenRequest;
import io.pgproof.token.Tokens;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.model.Groups;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.ui.ExtendedModelMap;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributesModelMap;

/** Who may create, see and revoke which tokens. */
class TokenControllerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
  private static final Person OLGA = person("olga", Groups.OPERATORS);
  private static final Person OLAF = person("olaf", Groups.OPERATORS);
  private static final Person ADA = person("ada", Groups.ADMINISTRATORS);

  private final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "", "");
  private final ExtendedModelMap page = new ExtendedModelMap();
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final RedirectAttributesModelMap next = new RedirectAttributesModelMap();

  @BeforeEach
  void migrate() {
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
  }

  @AfterEach
  void close() {
    database.dispose();
  }

  private static Person person(String id, String group) {
    return new Person(id, "", new TreeSet<>(Set.of(group)), NOW);
  }

  private Tokens tokens(Instant now) {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    return new Tokens(database, new EvidenceLog(database, clock), clock);
  }

  private TokenController at(Instant now) {
    return new TokenController(tokens(now), Clock.fixed(now, ZoneOffset.UTC));
  }

  private Token token(String user, String name, Duration lifetime) {
    return tokens(NOW)
        .create(new TokenRequest(user, name, new TreeSet<>(Set.of(Scope.READ)), lifetime), user)
        .token();
  }

  private List<String> listed(Person person, Instant now) {
    at(now).list(person, page);
    return ((List<?>) page.get("tokens"))
        .stream().map(TokenRow.class::cast).map(TokenRow::name).toList();
  }

  @Test
  void aPersonSeesOwnTokensAndAnAdministratorAll() {
    token("olga", "one", Duration.ofDays(1));
    token("olaf", "two", Duration.ofDays(1));
    assertThat(listed(OLGA, NOW)).containsExactly("one");
    assertThat(listed(ADA, NOW)).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void validTokensComeFirstAndOldOnesAreLeftOut() {
    token("olga", "short", Duration.ofDays(1));
    token("olga", "long", Duration.ofDays(200));
    Instant ended = NOW.plus(Duration.ofDays(1));
    assertThat(listed(OLGA, ended)).containsExactly("long", "short");
    assertThat(listed(OLGA, ended.plus(Duration.ofDays(90)))).containsExactly("long");
  }

  @Test
  void onlyTheOwnerAndAnAdministratorRevoke() {
    Token token = token("olga", "one", Duration.ofDays(1));
    assertThatThrownBy(() -> at(NOW).revoke(OLAF, token.id(), next))
        .isInstanceOf(ResponseStatusException.class);
    assertThatThrownBy(() -> at(NOW).revoke(ADA, "00000000", next))
        .isInstanceOf(ResponseStatusException.class);
    assertThat(tokens(NOW).find(token.id()).orElseThrow().revocation()).isEmpty();
    at(NOW).revoke(ADA, token.id(), next);
    at(NOW).revoke(OLGA, token.id(), next);
    assertThat(tokens(NOW).find(token.id()).orElseThrow().revocation())
        .map(Token.Act::by)
        .contains("ada");
    assertThat(next.getFlashAttributes().get("done")).isEqualTo("Token one was revoked before.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "''  | read | 30  | the name of the token is ''",
        "one | -    | 30  | the token has no scope",
        "one | all  | 30  | a scope is 'all'; allowed: read, verify, decide",
        "one | read | 0   | the number of days is '0'; allowed: 1 to 366",
        "one | read | 367 | the number of days is '367'",
        "one | read | x   | the number of days is 'x'"
      })
  void aWrongFieldIsNamedAndNothingCreated(String name, String scope, String days, String said) {
    List<String> scopes = scope == null ? List.of() : List.of(scope);
    assertThat(at(NOW).create(OLGA, name, scopes, days, page, response, next)).isEqualTo("tokens");
    assertThat(response.getStatus()).isEqualTo(422);
    TokenController.Refusal refusal = (TokenController.Refusal) page.get("refused");
    assertThat(String.join(" ", refusal.lines())).contains(said);
    assertThat(refusal.hint()).isNotBlank();
    assertThat(((TokenForm) page.get("given")).days()).isEqualTo(days);
    assertThat(tokens(NOW).all()).isEmpty();
  }

  @Test
  void aPersonOfAProviderCreatesNone() {
    Person stranger =
        person(PersonIds.of("https://id.example.org", "4711", "olga"), Groups.OPERATORS);
    at(NOW).create(stranger, "one", List.of("read"), "30", page, response, next);
    assertThat(response.getStatus()).isEqualTo(422);
    assertThat(page.get("local")).isEqualTo(false);
    assertThat(tokens(NOW).all()).isEmpty();
    at(NOW).create(OLGA, "one", List.of("read"), "30", page, response, next);
    assertThat(tokens(NOW).all()).hasSize(1);
  }
}
