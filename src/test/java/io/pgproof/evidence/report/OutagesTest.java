package io.pgproof.evidence.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory.StartOrStop;
import io.pgproof.evidence.report.ComplianceReport.Outage;
import io.pgproof.evidence.report.ComplianceReport.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutagesTest {
  private static final Instant BEGIN = Instant.parse("2026-11-10T00:00:00Z");
  private static final Instant NOON = Instant.parse("2026-11-10T12:00:00Z");
  private static final Instant END = Instant.parse("2026-11-11T00:00:00Z");
  private static final Span TENTH =
      new Span(LocalDate.parse("2026-11-10"), LocalDate.parse("2026-11-10"), BEGIN, END);
  private static final Instant LATER = Instant.parse("2026-12-01T00:00:00Z");

  private static StartOrStop started(Instant at, @Nullable Instant lastAlive) {
    return new StartOrStop(at, new ServerEvent.ServerStarted(lastAlive));
  }

  private static StartOrStop stopped(Instant at) {
    return new StartOrStop(at, new ServerEvent.ServerStopped(BEGIN));
  }

  private static List<Outage> outages(@Nullable Instant alive, StartOrStop... events) {
    return Outages.of(List.of(events), Optional.ofNullable(alive), LATER, TENTH)
        .figures(List.of())
        .outages();
  }

  @Test
  void withoutAStartNothingIsKnown() {
    Outages unknown = Outages.of(List.of(), Optional.empty(), LATER, TENTH);
    assertThat(unknown.at(NOON)).isNull();
    assertThat(unknown.figures(List.of()).knownSince()).isNull();
    assertThat(unknown.figures(List.of()).outages()).isEmpty();
  }

  @Test
  void nothingIsKnownOfTheTimeBeforeTheFirstStart() {
    Outages outages = Outages.of(List.of(started(NOON, null)), Optional.of(LATER), LATER, TENTH);
    assertThat(outages.at(NOON.minusSeconds(1))).isNull();
    assertThat(outages.at(NOON)).isFalse();
    assertThat(outages.all()).isEmpty();
  }

  @Test
  void onlyThePartInThePeriodCounts() {
    assertThat(
            outages(
                LATER,
                started(BEGIN.minusSeconds(900), null),
                stopped(BEGIN.minusSeconds(600)),
                started(BEGIN.plusSeconds(60), BEGIN.minusSeconds(610)),
                started(END.plusSeconds(600), END.minusSeconds(30))))
        .containsExactly(
            new Outage(BEGIN.minusSeconds(600), BEGIN.plusSeconds(60), true, 60, 0),
            new Outage(END.minusSeconds(30), END.plusSeconds(600), false, 30, 0));
  }

  @Test
  void outagesBeforeAndAfterThePeriodAreNotInIt() {
    assertThat(
            outages(
                LATER,
                started(BEGIN.minusSeconds(900), null),
                started(BEGIN, BEGIN.minusSeconds(60)),
                stopped(END),
                started(END.plusSeconds(60), END)))
        .isEmpty();
  }

  @Test
  void anOutageThatLastsReachesTheEndOfThePeriod() {
    assertThat(outages(NOON, started(BEGIN, null), stopped(NOON)))
        .containsExactly(new Outage(NOON, null, true, 43_200, 0));
    assertThat(outages(NOON, started(BEGIN, null)))
        .containsExactly(new Outage(NOON, null, false, 43_200, 0));
    assertThat(outages(LATER.minusSeconds(60), started(BEGIN, null))).isEmpty();
    assertThat(outages(null, started(BEGIN, null))).as("no sign of life is known").isEmpty();
  }

  @Test
  void withoutASignOfLifeTheOutageBeginsWithTheLastThatIsKnown() {
    assertThat(outages(LATER, started(BEGIN, null), started(NOON, null)))
        .containsExactly(new Outage(BEGIN, NOON, false, 43_200, 0));
    assertThat(outages(LATER, started(BEGIN, null), started(NOON, BEGIN.minusSeconds(9))))
        .containsExactly(new Outage(BEGIN, NOON, false, 43_200, 0));
  }

  @Test
  void aClockThatWasSetBackGivesAnOutageWithoutLength() {
    assertThat(outages(LATER, started(BEGIN, null), started(NOON, NOON.plusSeconds(600))))
        .containsExactly(new Outage(NOON, NOON, false, 0, 0));
  }

  @Test
  void aDueTimeRightBeforeTheStopWasMissedBecauseOfIt() {
    Outages outages =
        Outages.of(
            List.of(started(BEGIN, null), stopped(NOON), started(NOON.plusSeconds(600), NOON)),
            Optional.of(LATER),
            LATER,
            TENTH);
    assertThat(outages.at(NOON.minusSeconds(61))).isFalse();
    assertThat(outages.at(NOON.minusSeconds(60))).isTrue();
    assertThat(outages.at(NOON.plusSeconds(599))).isTrue();
    assertThat(outages.at(NOON.plusSeconds(600))).isFalse();
  }
}
