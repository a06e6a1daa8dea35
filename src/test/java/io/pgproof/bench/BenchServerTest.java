package io.pgproof.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.pgproof.command.HostPrograms;
import io.pgproof.proof.FindingException;
import io.pgproof.state.StateDirectory;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that does not start, because a script stands for it. */
class BenchServerTest {
  @TempDir private Path place;

  private BenchServer start(String script) throws Exception {
    Path launcher = Files.writeString(place.resolve("pgproof"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    return start(launcher);
  }

  private BenchServer start(Path launcher) throws Exception {
    StateDirectory state = new StateDirectory(Files.createDirectories(place.resolve("state")));
    HostPrograms programs = new HostPrograms();
    return BenchServer.start(state, programs, new Commands(programs, launcher, state));
  }

  @Test
  @Timeout(120)
  void anInterruptEndsTheStartAndTheServer() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread starting =
        new Thread(
            () ->
                failure.complete(
                    catchThrowable(
                        () ->
                            start(
                                "echo $$ > \"$0.new\"; mv \"$0.new\" \"$0.begun\"; exec sleep 600"))));
    starting.start();
    Path begun = place.resolve("pgproof.begun");
    await().until(() -> Files.exists(begun));
    long pid = Long.parseLong(Files.readString(begun).strip());
    starting.interrupt();
    assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
    starting.join();
    await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aLauncherThatIsMissingIsAFailureOfTheBenchmark() {
    Path missing = place.resolve("missing/pgproof");

    assertThatThrownBy(() -> start(missing))
        .isInstanceOf(FindingException.class)
        .hasMessageContaining("the server for the benchmark did not start: ")
        .hasMessageContaining(missing.toString());
  }

  @Test
  void aServerThatEndsIsAFailureOfTheBenchmark() {
    assertThatThrownBy(() -> start("echo no port >&2; exit 3"))
        .isInstanceOfSatisfying(
            FindingException.class,
            failure -> {
              assertThat(failure.finding().message())
                  .contains("the server for the benchmark did not start: ", "no port");
              assertThat(Optional.ofNullable(failure.finding().hint()))
                  .hasValueSatisfying(
                      hint -> assertThat(hint).endsWith("then run the benchmark again"));
            });
  }
}
