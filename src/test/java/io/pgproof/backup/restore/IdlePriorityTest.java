package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IdlePriorityTest {
  @Test
  void theThreadGetsIdlePriority() throws Exception {
    CompletableFuture<String> told = new CompletableFuture<>();
    // A thread of its own, for what it asked for stays.
    Thread unpacking =
        new Thread(
            () -> {
              try {
                IdlePriority.set();
                String thread =
                    Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
                Process ionice = new ProcessBuilder("ionice", "-p", thread).start();
                told.complete(
                    new String(ionice.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                        .strip());
              } catch (Exception e) {
                told.completeExceptionally(e);
              }
            });
    unpacking.start();
    assertThat(told.get()).isEqualTo("idle");
  }
}
