package io.pgproof.evidence.anchor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.HostPrograms;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.LogFixture;
import io.pgproof.target.Anchoring;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Schedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log that is due for an anchor each night at four, with real programs. */
class AnchorsTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path place;

  private volatile Instant now = NOON;
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  private final CurrentConfiguration configuration = new CurrentConfiguration(Configuration.none());
  private final List<String> told = new ArrayList<>();
  private LogFixture fixture;
  private EvidenceLog evidence;
  private EvidenceSequencer sequencer;
  private Anchors anchors;
  private Path kept;

  @BeforeEach
  void open() {
    fixture = LogFixture.onH2(place);
    evidence = new EvidenceLog(fixture.database, clock);
    sequencer =
        new EvidenceSequencer(fixture.database, evidence, fixture.directory, "4b0d3a3e", clock);
    kept = place.resolve("kept");
    start();
  }

  @AfterEach
  void close() {
    anchors.close();
    fixture.close();
  }

  /** As a server that starts. */
  private void start() {
    start(Duration.ofMinutes(1));
  }

  private void start(Duration limit) {
    start(
        anchoring ->
            anchoring.command().isEmpty()
                ? List.of()
                : List.of(new ToCommand(new HostPrograms(), anchoring.command(), limit)),
        Duration.ofMinutes(2));
  }

  private void start(Function<Anchoring, List<Way>> ways, Duration limit) {
    anchors =
        new Anchors(
            fixture.database,
            evidence,
            sequencer,
            configuration,
            ways,
            limit,
            clock,
            new AnchorAlarm() {
              @Override
              public void late(ServerEvent.AnchorLate event) {
                told.add("late " + event.since());
              }

              @Override
              public void recovered(ServerEvent.LogAnchored event) {
                told.add("recovered");
              }
            });
  }

  private void command(List<String> line) {
    configuration.replace(
        new Configuration(
            Path.of("/etc/pgproof.yaml"),
            2,
            Optional.empty(),
            Optional.empty(),
            new Anchoring(
                line,
                Optional.empty(),
                Optional.empty(),
                new Schedule("0 4 * * *", ZoneOffset.UTC)),
            Optional.empty(),
            Notifications.NONE,
            List.of()));
  }

  private void script(String text) throws IOException {
    script("anchor", text);
  }

  private void script(String name, String text) throws IOException {
    Path script = place.resolve(name);
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    command(List.of(script.toString(), kept.toString(), "S3CRET"));
  }

  private void happens() {
    evidence.record(LogFixture.RUN, "Noted", 1, "ada", Map.of());
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private void turnTo(String time) {
    now = Instant.parse(time);
  }

  /** What the evidence says about anchors, the oldest first. */
  private List<String> events() {
    List<String> events = new ArrayList<>();
    for (ServerHistory.Line line : new ServerHistory(evidence).latest(1000)) {
      if (line.kind().contains("Anchor")) {
        events.add(0, line.what().replace(place.toString() + "/", ""));
      }
    }
    return events;
  }

  @Test
  void theProgramGetsTheCheckpointAtOnceAndThenWhenItIsDue() throws Exception {
    script("cat >> $1; echo took it; echo and that >&2");
    happens();
    anchors.check();
    String first = Files.readString(kept);
    assertThat(first)
        .isEqualTo(Files.readString(fixture.directory.resolve("checkpoint")))
        .startsWith("pgproof/4b0d3a3e\n2\n");
    assertThat(events()).containsExactly("anchored the evidence log over 2 positions: anchor");
    assertThat(
            fixture.jdbc.queryForObject(
                "select body from pgproof_evidence where kind = 'LogAnchored'", String.class))
        .contains("\"status\":0", "took it", "and that", "\"millis\":")
        .doesNotContain("S3CRET");

    happens();
    turnTo("2026-03-02T03:59:59Z");
    anchors.check();
    assertThat(Files.readString(kept)).as("not due").isEqualTo(first);
    turnTo("2026-03-02T04:00:00Z");
    anchors.close();
    start();
    anchors.check();
    assertThat(Files.readString(kept)).startsWith(first).contains("pgproof/4b0d3a3e\n4\n");
    assertThat(events()).hasSize(2);
  }

  @Test
  void nothingNewIsNotAnchored() throws Exception {
    script("cat >> $1");
    happens();
    anchors.check();
    String first = Files.readString(kept);
    for (int day = 2; day < 9; day++) {
      turnTo("2026-03-0" + day + "T04:00:00Z");
      anchors.check();
    }
    assertThat(Files.readString(kept))
        .as("the entry about the anchor is no reason for another")
        .isEqualTo(first);
    assertThat(events()).hasSize(1);
    happens();
    pass(Duration.ofHours(1));
    anchors.check();
    assertThat(events()).as("waits for the next due time").hasSize(1);
    turnTo("2026-03-09T04:00:00Z");
    anchors.check();
    assertThat(events()).hasSize(2);
    assertThat(told).isEmpty();
  }

  @Test
  void aFailureIsTriedAgainInGrowingGapsAndTheAlarmIsGivenOnce() throws Exception {
    script("exit 0");
    happens();
    anchors.check();
    happens();
    script("echo no route to host >&2; exit 1");
    turnTo("2026-03-02T04:00:00Z");
    int tries = 0;
    List<Long> minutes = new ArrayList<>();
    while (now.isBefore(Instant.parse("2026-03-03T03:59:00Z"))) {
      anchors.check();
      if (events().size() > tries + 1) {
        tries++;
        minutes.add(Duration.between(Instant.parse("2026-03-02T04:00:00Z"), now).toMinutes());
      }
      pass(Duration.ofMinutes(tries < 4 ? 1 : 12));
    }
    assertThat(minutes).containsExactly(0L, 1L, 6L, 36L, 156L, 516L, 876L, 1236L);
    assertThat(events().get(1))
        .isEqualTo(
            "could not anchor the evidence log: anchor: it ended with status 1: no route to host");
    assertThat(told).isEmpty();
    assertThat(anchors.states().get(0).late()).isFalse();

    turnTo("2026-03-03T04:00:00Z");
    anchors.check();
    anchors.check();
    assertThat(told).containsExactly("late 2026-03-01T12:00:00Z");
    assertThat(events().get(events().size() - 1))
        .contains("late: anchor, last anchored at 2026-03-01 12:00:00 UTC", "no route to host");
    assertThat(anchors.states().get(0))
        .satisfies(
            state -> {
              assertThat(state.late()).isTrue();
              assertThat(state.anchoredAt()).contains(NOON);
              assertThat(state.failure())
                  .hasValueSatisfying(why -> assertThat(why).contains("route"));
            });

    anchors.close();
    start();
    script("exit 0");
    turnTo("2026-03-03T12:00:00Z");
    anchors.check();
    assertThat(told).containsExactly("late 2026-03-01T12:00:00Z", "recovered");
    assertThat(anchors.states().get(0).late()).isFalse();
    turnTo("2026-03-04T04:00:00Z");
    happens();
    anchors.check();
    assertThat(told).as("once").hasSize(2);
  }

  @Test
  void aWayThatNeverSucceededIsLateAfterTwoDueTimes() throws Exception {
    command(List.of(place.resolve("missing").toString()));
    happens();
    anchors.check();
    assertThat(events())
        .singleElement()
        .asString()
        .contains("could not anchor the evidence log: missing:", "missing");
    turnTo("2026-03-02T12:00:00Z");
    anchors.check();
    assertThat(told).isEmpty();
    turnTo("2026-03-03T04:00:00Z");
    anchors.check();
    assertThat(told).containsExactly("late null");
  }

  @Test
  void aProgramThatHangsIsKilledAndOneThatTalksForEverNeedsNoMemory() throws Exception {
    anchors.close();
    start(Duration.ofSeconds(1));
    script("sleep 600");
    happens();
    anchors.check();
    pass(Duration.ofHours(1));
    script("exec cat /dev/zero");
    anchors.check();
    pass(Duration.ofHours(1));
    script("yes word");
    anchors.check();
    assertThat(events())
        .hasSize(3)
        .allMatch(event -> event.contains("it was killed at its limit of 1 s"));
    assertThat(
            fixture.jdbc.queryForList(
                "select length(body) from pgproof_evidence where kind = 'AnchorFailed'",
                Long.class))
        .allMatch(length -> length < 4_000);
  }

  @Test
  void aProgramThatDoesNotReadItsInputSucceeds() throws Exception {
    script("exec 0<&-; exit 0");
    happens();
    anchors.check();
    assertThat(events()).singleElement().asString().startsWith("anchored");
  }

  @Test
  void aStopBreaksOffTheProgramAndRecordsNothing() throws Exception {
    Path begun = place.resolve("begun");
    script("touch " + begun + "; sleep 600");
    happens();
    Thread check = new Thread(anchors::check);
    check.start();
    await().until(() -> Files.exists(begun));
    long before = System.nanoTime();
    anchors.close();
    check.join();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    assertThat(events()).isEmpty();
    happens();
    assertThat(evidence.size()).as("the database is open").isPositive();
  }

  @Test
  void aNewProgramIsDueAtOnce() throws Exception {
    script("exit 0");
    happens();
    anchors.check();
    script("other", "exit 1");
    for (int minute = 0; minute < 10; minute++) {
      anchors.check();
      pass(Duration.ofMinutes(1));
    }
    assertThat(events())
        .as("at once, although nothing is new, and after 1 and 5 minutes")
        .hasSize(4)
        .last()
        .asString()
        .startsWith("could not anchor the evidence log: other:");
    script("third", "exit 0");
    anchors.check();
    anchors.check();
    assertThat(events())
        .as("not in the gap of another program")
        .hasSize(5)
        .last()
        .asString()
        .startsWith("anchored")
        .endsWith("third");
    assertThat(told).isEmpty();
  }

  /** A way that opens a pipe into which nobody writes; no interrupt ends that. */
  private Path hang(Duration limit) throws Exception {
    Path pipe = place.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Way hanging =
        new Way() {
          @Override
          public String name() {
            return "hanging";
          }

          @Override
          public String where() {
            return "pipe";
          }

          @Override
          public ServerEvent give(String checkpoint) {
            try {
              Files.writeString(begun(), ".", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
              return new ServerEvent.AnchorFailed(name(), where(), Files.readString(pipe), null);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    start(
        anchoring ->
            List.of(
                hanging,
                new ToCommand(new HostPrograms(), anchoring.command(), Duration.ofMinutes(1))),
        limit);
    return pipe;
  }

  private Path begun() {
    return place.resolve("begun");
  }

  @Test
  @Timeout(120)
  void aWayThatCannotBeInterruptedFailsAtTheLimitAndOthersGoOn() throws Exception {
    anchors.close();
    Path pipe = hang(Duration.ofSeconds(5));
    script("exit 0");
    happens();
    anchors.check();
    assertThat(events())
        .containsExactly(
            "could not anchor the evidence log: pipe: it did not end within 5 s",
            "anchored the evidence log over 3 positions: anchor");

    pass(Duration.ofMinutes(1));
    anchors.check();
    assertThat(events())
        .hasSize(3)
        .last()
        .asString()
        .contains("pipe: an earlier attempt still hangs", "restart pgproof");
    assertThat(begun()).as("no other is begun").hasSize(1);

    Files.writeString(pipe, "broken");
    pass(Duration.ofMinutes(5));
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              // The thread needs a moment to end.
              anchors.check();
              pass(Duration.ofHours(6));
              assertThat(begun()).hasSize(2);
            });
    Files.writeString(pipe, "");
  }

  @Test
  @Timeout(120)
  void aStopDoesNotAwaitAWayThatCannotBeInterrupted() throws Exception {
    anchors.close();
    Path pipe = hang(Duration.ofDays(1));
    script("exit 0");
    happens();
    Thread check = new Thread(anchors::check);
    check.start();
    await().until(() -> Files.exists(begun()));
    anchors.close();
    check.join();
    assertThat(events()).isEmpty();
    Files.writeString(pipe, "");
  }

  @Test
  void aClockThatIsTurnedBackPostponesNothing() throws Exception {
    script("exit 0");
    happens();
    pass(Duration.ofDays(365));
    anchors.check();
    pass(Duration.ofDays(-365));
    happens();
    anchors.check();
    assertThat(events()).as("the last anchor is of a wrong clock").hasSize(2);
    happens();
    anchors.check();
    assertThat(events()).as("and the next is not").hasSize(2);

    script("exit 1");
    turnTo("2026-03-02T20:00:00Z");
    anchors.check();
    turnTo("2026-03-02T05:00:00Z");
    anchors.check();
    assertThat(events()).as("the last failure is of a wrong clock").hasSize(4);
    turnTo("2026-03-03T04:00:00Z");
    anchors.check();
    assertThat(told).hasSize(1);
  }

  @Test
  void nothingIsAnchoredWithoutAConfiguration() {
    happens();
    anchors.check();
    assertThat(anchors.states()).isEmpty();
    assertThat(events()).isEmpty();
  }
}
