package io.pgproof.web.api.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Settings;
import io.pgproof.workflow.decide.PeopleOnEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

/** Who may wait for a verdict, and how long. */
@Timeout(60)
class RunWaitTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private static PeopleOnEngine people;
  private static RunId underWay;
  private final RunWait runWait = new RunWait(new RunIndex(people.database), people.trail);

  @BeforeAll
  static void begin() {
    people = new PeopleOnEngine();
    underWay = RunId.at(people.now());
    new Evidence.Asked(
            Settings.NONE.request(Optional.of("shop"), Path.of("/backups/shop"), "olga"), null)
        .record(people.trail, underWay, "olga");
  }

  @AfterAll
  static void end() {
    people.close();
  }

  @Test
  void aRunWithAVerdictIsNotWaitedFor() {
    runWait.await(people.run("olga", "crm", PeopleOnEngine.MONDAY, Reason.FRESH), LONG);
  }

  @Test
  void theWaitEndsInTime() {
    long began = System.nanoTime();
    runWait.await(underWay, Duration.ofMillis(1_200));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void onlySomeMayWaitAndNobodyWhileTheServerStops() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(RunWait.MOST);
    for (int caller = 0; caller < RunWait.MOST; caller++) {
      callers.execute(() -> runWait.await(underWay, LONG));
    }
    while (runWait.free() > 0) {
      Thread.sleep(10);
    }
    runWait.await(underWay, LONG);
    assertThat(runWait.free()).isZero();
    runWait.onApplicationEvent(new ContextClosedEvent(new GenericApplicationContext()));
    callers.shutdown();
    assertThat(callers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(runWait.free()).isEqualTo(RunWait.MOST);
  }
}
