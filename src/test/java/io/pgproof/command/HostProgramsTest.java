package io.pgproof.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProgramsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private final HostPrograms programs = new HostPrograms();

  @TempDir Path directory;

  @Test
  void theResultHasBothStreamsAndTheStatus() {
    ProgramResult programResult =
        programs.run(new HostCommand(MINUTE, "sh", "-c", "echo out; echo err >&2; exit 3"));

    assertThat(programResult.status()).isEqualTo(3);
    assertThat(programResult.out()).isEqualTo("out\n");
    assertThat(programResult.err()).isEqualTo("err\n");
    assertThat(programResult.succeeded()).isFalse();
    assertThat(programResult.bySignal()).isFalse();
    assertThat(programResult.describe()).isEqualTo("sh ended with status 3: err");
  }

  @Test
  void theEnvironmentIsNearlyEmpty() {
    ProgramResult programResult =
        programs.run(new HostCommand(List.of("env"), MINUTE, Map.of("EXTRA", "a b")));

    assertThat(programResult.out().lines().map(line -> line.split("=")[0]))
        .containsExactlyInAnyOrder("PATH", "LANG", "HOME", "EXTRA");
  }

  @Test
  void argumentsReachTheProgramUnchanged() {
    ProgramResult programResult =
        programs.run(new HostCommand(MINUTE, "printf", "[%s]", "a  b", "$HOME", "", "it's \"so\""));

    assertThat(programResult.out()).isEqualTo("[a  b][$HOME][][it's \"so\"]");
  }

  @Test
  void deathByASignalIsReported() {
    ProgramResult programResult =
        programs.run(new HostCommand(MINUTE, "sh", "-c", "kill -SEGV $$"));

    assertThat(programResult.status()).isEqualTo(128 + 11);
    assertThat(programResult.bySignal()).isTrue();
    assertThat(programResult.timedOut()).isFalse();
  }

  @Test
  void theProgramDoesNotInheritIgnoredSignals() {
    ProgramResult programResult =
        programs.run(new HostCommand(MINUTE, "grep", "^SigIgn", "/proc/self/status"));

    // The two above 31 are the C library's own.
    assertThat(programResult.out()).matches("SigIgn:\\s+[0-9a-f]{8}[08]0{7}\n");
  }

  @Test
  void aMissingProgramIsNamed() {
    assertThatThrownBy(() -> programs.run(new HostCommand(MINUTE, "no-such-program", "x")))
        .isInstanceOf(ProgramMissingException.class)
        .hasMessageContaining("no-such-program is not installed");
    assertThat(programs.has("no-such-program")).isFalse();
    assertThat(programs.has("sh")).isTrue();
  }

  @Test
  void theTimeLimitKillsTheWholeGroup() throws Exception {
    Path child = directory.resolve("child");
    ProgramResult programResult =
        programs.run(
            new HostCommand(
                Duration.ofSeconds(3),
                "sh",
                "-c",
                "sleep 1000 & echo $! > " + child + "; echo said; wait"));

    assertThat(programResult.timedOut()).isTrue();
    assertThat(programResult.bySignal()).isTrue();
    assertThat(programResult.out()).isEqualTo("said\n");
    awaitDeath(Long.parseLong(Files.readString(child).strip()));
  }

  @Test
  void anInterruptKillsTheWholeGroupAndIsReported() throws Exception {
    Path child = directory.resolve("child");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    CountDownLatch started = new CountDownLatch(1);
    Thread caller =
        new Thread(
            () -> {
              try {
                programs.run(
                    new HostCommand(
                        MINUTE, "sh", "-c", "sleep 1000 & echo $! > " + child + "; echo up; wait"),
                    line -> started.countDown());
              } catch (RuntimeException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    started.await();
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(ProgramInterruptedException.class);
    assertThat(flag.get()).isTrue();
    awaitDeath(Long.parseLong(Files.readString(child).strip()));
  }

  @Test
  void linesOfBothStreamsArriveInOrder() {
    List<String> heard = new ArrayList<>();
    programs.run(
        new HostCommand(MINUTE, "sh", "-c", "echo one; echo two; printf three"), heard::add);

    assertThat(heard).containsExactly("one", "two", "three");
  }

  @Test
  void aListenerThatThrowsDoesNotStopTheProgram() {
    Path done = directory.resolve("done");
    assertThatThrownBy(
            () ->
                programs.run(
                    new HostCommand(MINUTE, "sh", "-c", "echo one; echo two; touch " + done),
                    line -> {
                      throw new IllegalStateException("heard " + line);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("heard one");
    assertThat(done).exists();
  }

  @Test
  void onlyTheLastMebibyteOfOutputIsKept() {
    ProgramResult programResult =
        programs.run(
            new HostCommand(MINUTE, "sh", "-c", "yes 0123456 | head -c 8000000; printf end"));

    assertThat(programResult.out()).hasSize(1 << 20).endsWith("0123456\nend");
  }

  @Test
  void aDaemonThatHoldsThePipeDoesNotBlockTheCaller() throws Exception {
    Path child = directory.resolve("child");
    ProgramResult programResult =
        programs.run(
            new HostCommand(
                MINUTE, "sh", "-c", "setsid sleep 1000 & echo $! > " + child + "; echo done"));
    try {
      assertThat(programResult.succeeded()).isTrue();
      assertThat(programResult.out()).isEqualTo("done\n");
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(child).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private static void awaitDeath(long pid) {
    Awaitility.await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }
}
