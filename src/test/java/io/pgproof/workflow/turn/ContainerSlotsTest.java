package io.pgproof.workflow.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.proof.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContainerSlotsTest {
  private final AtomicInteger atOnce = new AtomicInteger(1);
  private final Set<RunId> deleted = ConcurrentHashMap.newKeySet();
  private final List<RunId> rung = new CopyOnWriteArrayList<>();
  private final ContainerSlots containerSlots =
      new ContainerSlots(
          atOnce::get,
          new ContainerSlots.Presence() {
            @Override
            public boolean holds(RunId run) {
              return !deleted.contains(run);
            }

            @Override
            public boolean waits(RunId run) {
              return !deleted.contains(run);
            }
          },
          (run, message) -> rung.add(run));

  @AfterEach
  void close() {
    containerSlots.close();
  }

  @Test
  void runsGetASlotInTheOrderOfTheirRequests() {
    assertThat(take(1, "shop")).isEmpty();
    assertThat(take(3, "crm")).containsExactly(run(1));
    assertThat(take(2, "wiki")).containsExactly(run(1));
    assertThat(take(3, "crm")).containsExactly(run(1), run(2));

    containerSlots.release(run(1));

    awaitRung(run(2));
    assertThat(take(3, "crm")).containsExactly(run(2));
    assertThat(take(2, "wiki")).isEmpty();
    assertThat(take(2, "wiki")).as("asked again").isEmpty();
    containerSlots.release(run(2));
    awaitRung(run(2), run(3));
    assertThat(take(3, "crm")).isEmpty();
  }

  @Test
  void theConfiguredNumberOfRunsGetsSlots() {
    atOnce.set(2);
    assertThat(take(1, "shop")).isEmpty();
    assertThat(take(2, "crm")).isEmpty();
    assertThat(take(3, "wiki")).containsExactly(run(1), run(2));
    assertThat(take(4, "mail")).containsExactly(run(1), run(2), run(3));

    atOnce.set(4);
    containerSlots.ringNext();

    awaitRung(run(3), run(4));
    assertThat(take(4, "mail")).isEmpty();
    assertThat(take(3, "wiki")).isEmpty();

    atOnce.set(1);
    containerSlots.release(run(1));
    assertThat(take(5, "shop")).as("fewer now").containsExactly(run(2), run(3), run(4));
  }

  @Test
  void runsOfOneTargetNeverShareSlotsAndLetOthersPass() {
    atOnce.set(3);
    assertThat(take(1, "shop")).isEmpty();
    assertThat(take(2, "shop")).containsExactly(run(1));
    assertThat(take(3, "shop")).containsExactly(run(1), run(2));
    assertThat(take(4, "crm")).isEmpty();

    containerSlots.release(run(1));

    awaitRung(run(2));
    assertThat(take(3, "shop")).containsExactly(run(4), run(2));
    assertThat(take(2, "shop")).isEmpty();
  }

  @Test
  void runsOfOnePathNeverHaveSlotsAtOnce() {
    atOnce.set(3);
    Path path = Path.of("/backups/shop");
    assertThat(
            containerSlots.acquire(new ContainerSlots.Place(run(1), 1, Optional.of("shop"), path)))
        .isEmpty();
    assertThat(containerSlots.acquire(new ContainerSlots.Place(run(2), 2, Optional.empty(), path)))
        .containsExactly(run(1));
    assertThat(
            containerSlots.acquire(
                new ContainerSlots.Place(run(3), 3, Optional.empty(), Path.of("/backups/crm"))))
        .isEmpty();
    assertThat(
            containerSlots.acquire(
                new ContainerSlots.Place(run(4), 4, Optional.empty(), Path.of("/backups/crm"))))
        .isNotEmpty();
  }

  @Test
  void aDeletedRunKeepsNoSlotAndNoPlaceInTheQueue() {
    take(1, "shop");
    take(2, "crm");
    take(3, "wiki");
    deleted.add(run(2));
    assertThat(take(3, "wiki")).containsExactly(run(1));
    deleted.add(run(1));
    assertThat(take(3, "wiki")).isEmpty();
  }

  @Test
  void aRunThatLeavesTheQueueBlocksNobody() {
    take(1, "shop");
    take(2, "crm");
    take(3, "wiki");
    containerSlots.release(run(2));
    containerSlots.release(run(1));
    assertThat(take(3, "wiki")).isEmpty();
  }

  @Test
  void runsThatWaitedInAnEarlierProcessComeFirst() {
    containerSlots.expect(place(1, "shop"));
    assertThat(take(2, "crm")).containsExactly(run(1));
    assertThat(take(1, "shop")).isEmpty();
  }

  @Test
  void aWithdrawnRunIsWokenWhileItWaits() {
    take(1, "shop");
    containerSlots.wake(run(1));
    take(2, "crm");
    containerSlots.wake(run(2));
    awaitRung(run(2));
  }

  private List<RunId> take(int number, String target) {
    return containerSlots.acquire(place(number, target));
  }

  private static ContainerSlots.Place place(int number, String target) {
    return new ContainerSlots.Place(
        run(number), number, Optional.of(target), Path.of("/backups", target));
  }

  private static RunId run(int number) {
    return new RunId("20261125-030000-000" + number);
  }

  private void awaitRung(RunId... runs) {
    await().untilAsserted(() -> assertThat(rung).containsExactly(runs));
  }
}
