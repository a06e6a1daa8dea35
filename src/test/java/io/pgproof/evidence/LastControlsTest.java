package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Each control ends an hour after the one before. */
class LastControlsTest {
  private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");

  private JdbcConnectionPool database;
  private EvidenceLog log;
  private LastControls lastControls;
  private int hours;

  @BeforeEach
  void begin() {
    database = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "", "");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    log = new EvidenceLog(database, new HourlyClock());
    lastControls = new LastControls(log, 2);
  }

  @AfterEach
  void end() {
    database.dispose();
  }

  @Test
  void whatCouldNotBeToldIsFoundHoweverLongAgo() {
    RunId missed = control("shop", Outcome.MISSED);
    RunId last = control("shop", Outcome.COULD_NOT_TELL);
    RunId other = control("crm", Outcome.CAUGHT);
    IntStream.range(0, 2_001).forEach(hour -> control("crm", Outcome.COULD_NOT_TELL));

    assertThat(lastControls.ofEachTarget()).containsOnlyKeys("crm", "shop");
    LastControls.Last shop = lastControls.of("shop").orElseThrow();
    assertThat(shop.control()).isEqualTo(last);
    assertThat(shop.at()).isEqualTo(FIRST.plus(Duration.ofHours(1)));
    assertThat(lastControls.latest("shop")).containsExactly(last, missed);
    assertThat(shop.results()).extracting(LastControls.Origin::control).containsExactly(missed);
    assertThat(shop.count(Outcome.MISSED)).isEqualTo(1);
    assertThat(shop.testedAll()).hasValue(FIRST);
    assertThat(lastControls.needed())
        .containsExactlyInAnyOrder(
            missed, last, other, lastControls.of("crm").orElseThrow().control());
  }

  @Test
  void aCheckThatNoControlCouldTellAboutIsNotTested() {
    control("shop", Outcome.NOT_APPLICABLE, Outcome.COULD_NOT_TELL);
    assertThat(lastControls.of("shop").orElseThrow().testedAll()).isEmpty();

    control("shop", Outcome.CAUGHT, Outcome.COULD_NOT_TELL);
    assertThat(lastControls.of("shop").orElseThrow().testedAll()).isEmpty();

    control("shop", Outcome.COULD_NOT_TELL, Outcome.MISSED);
    assertThat(lastControls.of("shop").orElseThrow().testedAll())
        .hasValue(FIRST.plus(Duration.ofHours(1)));

    control("shop", Outcome.NOT_APPLICABLE, Outcome.CAUGHT);
    assertThat(lastControls.of("shop").orElseThrow().testedAll())
        .as("its layer is gone")
        .hasValue(FIRST.plus(Duration.ofHours(3)));
  }

  @Test
  void aControlWithoutABackupChangesNothing() {
    RunId damaged = control("shop", Outcome.CAUGHT);
    RunId inVain = ended("shop", List.of(), "verify the target first");
    assertThat(lastControls.of("shop").orElseThrow().control()).isEqualTo(damaged);
    assertThat(lastControls.latest("shop")).containsExactly(inVain, damaged);
    assertThat(lastControls.of("never")).isEmpty();
    assertThat(lastControls.latest("never")).isEmpty();
  }

  @Test
  void whatCameSinceTheLastCallIsRead() {
    RunId first = control("shop", Outcome.CAUGHT);
    control("crm", Outcome.CAUGHT);
    assertThat(lastControls.latest("shop")).containsExactly(first);
    Deque<RunId> later = new ArrayDeque<>();
    for (int more = 0; more < LastControls.LATEST; more++) {
      later.addFirst(control("shop", Outcome.MISSED));
    }
    assertThat(lastControls.latest("shop")).containsExactlyElementsOf(later);
    assertThat(lastControls.of("shop").orElseThrow().control()).isEqualTo(later.getFirst());
  }

  @Test
  void aControlFromTheFutureIsReadOnlyOnceToo() {
    int year = 24 * 365;
    hours = year;
    RunId ahead = control("shop", Outcome.MISSED);
    hours -= year;
    RunId before = control("shop", Outcome.CAUGHT);
    RunId last = control("shop", Outcome.CAUGHT);
    assertThat(lastControls.latest("shop")).containsExactly(last, before, ahead);

    JdbcTemplate jdbc = new JdbcTemplate(database);
    jdbc.execute("drop trigger pgproof_evidence_insert_only");
    jdbc.update("delete from pgproof_evidence where run <> ?", last.value());
    assertThat(lastControls.latest("shop"))
        .as("only the last one is read again")
        .containsExactly(last, before, ahead);
  }

  @Test
  void aControlThatIsCommittedAfterALaterOneIsRead() {
    RunId early =
        new TransactionTemplate(new DataSourceTransactionManager(database))
            .execute(
                transaction -> {
                  RunId uncommitted = control("shop", Outcome.CAUGHT);
                  CompletableFuture.runAsync(() -> control("crm", Outcome.CAUGHT)).join();
                  assertThat(CompletableFuture.supplyAsync(lastControls::ofEachTarget).join())
                      .containsOnlyKeys("crm");
                  return uncommitted;
                });
    assertThat(lastControls.latest("shop")).containsExactly(early);
  }

  private RunId control(String target, Outcome... outcomes) {
    return ended(
        target,
        IntStream.range(0, outcomes.length)
            .mapToObj(
                layer ->
                    new ControlResult(
                        "layer " + layer, "check", outcomes[layer], List.of(), null, null, null))
            .toList(),
        null);
  }

  private RunId ended(String target, List<ControlResult> results, @Nullable String why) {
    RunId control = RunId.at(FIRST);
    new Evidence.ControlEnded(target, "/backups", results, why).record(log, control);
    hours++;
    return control;
  }

  private final class HourlyClock extends Clock {
    @Override
    public Instant instant() {
      return FIRST.plus(Duration.ofHours(hours));
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
