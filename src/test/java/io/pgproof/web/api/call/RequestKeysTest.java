package io.pgproof.web.api.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.evidence.runs.BothDatabases;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The keys of requests in both databases. */
class RequestKeysTest {
  private static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");
  private static final RequestKeys.Use USE =
      new RequestKeys.Use("shop", new RunId("20260301-030000-aaaa"));
  private static BothDatabases databases;

  @BeforeAll
  static void migrate() {
    databases = new BothDatabases();
  }

  @AfterAll
  static void stop() {
    databases.close();
  }

  static List<Named<DataSource>> databases() {
    return databases.all();
  }

  private static RequestKeys at(DataSource database, Instant now) {
    return new RequestKeys(database, Clock.fixed(now, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aKeyBelongsToOneUser(DataSource database) {
    RequestKeys keys = at(database, NOW);
    keys.keep("olga", "nightly", USE);
    assertThat(keys.find("olga", "nightly")).contains(USE);
    assertThat(keys.find("olga", "Nightly")).isEmpty();
    assertThat(keys.find("olaf", "nightly")).isEmpty();
    assertThatThrownBy(() -> keys.keep("olga", "nightly", USE))
        .isInstanceOf(DuplicateKeyException.class);
    keys.keep("olaf", "nightly", new RequestKeys.Use("crm", USE.run()));
    assertThat(keys.find("olaf", "nightly")).map(RequestKeys.Use::target).contains("crm");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aKeyIsForgottenAfterADay(DataSource database) {
    at(database, NOW).keep("ada", "k".repeat(RequestKeys.LONGEST), USE);
    String key = "k".repeat(RequestKeys.LONGEST);
    Instant last = NOW.plus(RequestKeys.KEPT).minusSeconds(1);
    assertThat(at(database, last).find("ada", key)).contains(USE);
    RequestKeys later = at(database, last.plusSeconds(1));
    assertThat(later.find("ada", key)).isEmpty();
    later.keep("arne", "other", USE);
    assertThat(
            new JdbcTemplate(database)
                .queryForList("select user_id from pgproof_request_key", String.class))
        .containsExactly("arne");
    later.keep("ada", key, USE);
    assertThat(later.find("ada", key)).contains(USE);
  }
}
