package io.pgproof.bench;

import io.pgproof.state.StateDirectory;
import java.nio.file.Path;

/**
 * The files of benchmarks: a state directory of their own, the backups, and what is restored by
 * hand.
 *
 * @param path the state directory is below it, so only root may enter it
 */
record BenchPlace(Path path) {
  StateDirectory state() {
    return new StateDirectory(path.resolve("state"));
  }

  /** Directory of the backups, which later benchmarks use again. */
  Path backups() {
    return path.resolve("backups");
  }

  /** What is known about the backups; it exists when they are complete. */
  Path record() {
    return backups().resolve("backups.json");
  }

  /** What one figure writes; it is removed after it. */
  Path work() {
    return path.resolve("work");
  }
}
