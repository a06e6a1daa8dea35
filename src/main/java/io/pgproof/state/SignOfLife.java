package io.pgproof.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The last sign of life of the server, as a file. It changes each minute, so it is no evidence; the
 * next start records what it says.
 */
public final class SignOfLife {
  private final StateDirectory state;

  public SignOfLife(StateDirectory state) {
    this.state = state;
  }

  public void write(Instant now) throws IOException {
    DurableFile.write(state.alive(), (now + "\n").getBytes(StandardCharsets.US_ASCII), "rw-------");
  }

  /** Returns the last one; empty if there is none, or it cannot be read. */
  public Optional<Instant> last() {
    try {
      return Optional.of(Instant.parse(Files.readString(state.alive()).strip()));
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
