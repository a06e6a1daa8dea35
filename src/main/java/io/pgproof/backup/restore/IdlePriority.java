package io.pgproof.backup.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Lets a thread's I/O wait for all other I/O, as {@code ionice -c 3} does. */
final class IdlePriority {
  private static final long LIMIT_SECONDS = 5;

  private IdlePriority() {}

  /**
   * Requests it for the calling thread; on a host that cannot grant it, only politeness is lost.
   */
  static void askFor() throws InterruptedException {
    try {
      String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
      Process ionice =
          new ProcessBuilder("ionice", "-c", "3", "-p", thread)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        ionice.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      } finally {
        ionice.destroyForcibly();
      }
    } catch (IOException | UnsupportedOperationException e) {
      return;
    }
  }
}
