package io.pgproof.workflow.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.VerifyBackup.Wait;
import io.pgproof.workflow.schedule.NightOnEngine;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifications that are asked for at once, on a real engine. */
class TakeTurnTest {
  private final NightOnEngine night = new NightOnEngine();

  @AfterEach
  void close() {
    night.close();
  }

  @ParameterizedTest(name = "{0} containers at once")
  @ValueSource(ints = {1, 2})
  void runsRequestedAtOnceGetSlotsInOrder(int atOnce) {
    night.configure(atOnce);
    List<RunId> runs = Stream.of("shop", "crm", "wiki").map(night::ask).toList();
    // Whoever comes to the door first goes in; here the last one looks first.
    night.workOn(runs.get(0));
    night.workOn(runs.get(2));
    night.workOn(runs.get(1));

    for (int ended = 0; ended < runs.size(); ended++) {
      assertThat(inContainers(runs))
          .as("after " + ended)
          .hasSize(Math.min(atOnce, runs.size() - ended));
      RunId next = inContainers(runs).get(0);
      List<RunId> waiting =
          runs.stream()
              .filter(run -> night.standing(run).equals(List.of(Wait.AWAIT_TURN)))
              .toList();
      night.prove(next);
      if (!waiting.isEmpty()) {
        RunId rung = waiting.get(0);
        await().until(() -> !night.standing(rung).equals(List.of(Wait.AWAIT_TURN)));
        night.workOn(rung);
        assertThat(inContainers(runs)).contains(rung);
      }
    }
    assertThat(runs)
        .allSatisfy(run -> assertThat(night.told(run)).endsWith("verdict: proven (fresh)"));
  }

  @Test
  void runsOfOneTargetAreNeverInContainersTogether() {
    night.configure(3);
    List<RunId> runs = Stream.of("shop", "shop", "shop").map(night::ask).toList();
    runs.forEach(night::workOn);
    for (RunId run : runs) {
      await()
          .untilAsserted(
              () -> {
                night.workOn(run);
                assertThat(inContainers(runs)).containsExactly(run);
              });
      night.prove(run);
    }
  }

  @Test
  void aWaitingRunNamesTheRunsAheadOfIt() {
    night.configure(1);
    RunId first = night.ask("shop");
    RunId second = night.ask("crm");
    night.workOn(first);
    night.workOn(second);
    assertThat(night.progress.of(second))
        .contains(
            new ProgressBoard.Standing("wait", 0, 0, "for a container slot, behind " + first));
    assertThat(night.told(second)).endsWith("waits for a container slot, behind " + first);

    night.prove(first);
    await().until(() -> !night.standing(second).equals(List.of(Wait.AWAIT_TURN)));
    night.workOn(second);
    assertThat(night.told(second))
        .containsSubsequence("waits for a container slot, behind " + first, "got a container slot");
    night.prove(second);

    for (RunId run : List.of(first, second)) {
      assertThat(new RunHistory(night.trail).report(run).orElseThrow().phases())
          .noneMatch(phase -> phase.name().equals("wait"));
    }
  }

  @Test
  void aWithdrawnWaitingRunEndsAtOnceAndTheNextRunGetsItsPlace() {
    night.configure(1);
    RunId first = night.ask("shop");
    RunId second = night.ask("crm");
    RunId third = night.ask("wiki");
    List.of(first, second, third).forEach(night::workOn);

    night.verifications.withdraw(second, "olga");

    await().until(() -> !night.standing(second).equals(List.of(Wait.AWAIT_TURN)));
    night.workOn(second);
    assertThat(night.told(second)).endsWith("verdict: inconclusive (interrupted)");
    night.prove(first);
    await().until(() -> !night.standing(third).equals(List.of(Wait.AWAIT_TURN)));
    night.workOn(third);
    assertThat(inContainers(List.of(third))).containsExactly(third);
  }

  @Test
  void aDeletedWaitingRunBlocksNobody() {
    night.configure(1);
    RunId first = night.ask("shop");
    RunId second = night.ask("crm");
    List.of(first, second).forEach(night::workOn);
    night.engine.getRuntimeService().deleteProcessInstance(night.instance(first), "by hand", true);

    night.turns.ringNext();

    await().until(() -> !night.standing(second).equals(List.of(Wait.AWAIT_TURN)));
    night.workOn(second);
    assertThat(inContainers(List.of(second))).containsExactly(second);
  }

  @Test
  void runsKeepTheirOrderAfterARestart() {
    night.configure(1);
    List<RunId> runs = Stream.of("shop", "crm", "wiki").map(night::ask).toList();
    runs.forEach(night::workOn);
    night.turns.close();
    night.beginAnew();

    night.lifecycle.resume();

    night.workOn(runs.get(2));
    night.workOn(runs.get(1));
    night.workOn(runs.get(0));
    assertThat(night.standing(runs.get(1))).containsExactly(Wait.AWAIT_RESTORE);
    assertThat(night.standing(runs.get(2))).containsExactly(Wait.AWAIT_TURN);
    assertThat(night.standing(runs.get(0)))
        .as("cut off, and begun again")
        .containsExactly(Wait.AWAIT_TURN);
  }

  @Test
  void aRunThatWaitedWhenTheDaemonEndedAsksAgain() {
    night.configure(1);
    List<RunId> runs = Stream.of("shop", "crm").map(night::ask).toList();
    runs.forEach(night::workOn);
    assertThat(night.standing(runs.get(1))).containsExactly(Wait.AWAIT_TURN);
    night.turns.close();
    night
        .engine
        .getRuntimeService()
        .deleteProcessInstance(
            night
                .engine
                .getRuntimeService()
                .createProcessInstanceQuery()
                .processInstanceBusinessKey(runs.get(0).value())
                .singleResult()
                .getId(),
            "by hand");
    night.beginAnew();

    night.lifecycle.resume();

    night.workOn(runs.get(1));
    assertThat(night.standing(runs.get(1))).containsExactly(Wait.AWAIT_RESTORE);
  }

  private List<RunId> inContainers(List<RunId> runs) {
    return runs.stream()
        .filter(run -> night.standing(run).equals(List.of(Wait.AWAIT_RESTORE)))
        .toList();
  }
}
