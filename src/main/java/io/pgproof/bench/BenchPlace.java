package io.pgproof.bench;

import io.pgproof.state.StateDirectory;
import java.nio.file.Path;

/**
 * The files of benchmarks: a state directory of their own, the backups, and what is restored by
 * hand.
 *
 * @param path directory of all of them
 */
record BenchPlace(Path path) {
  StateDirectory state() {
    return new StateDirectory(path.resolve("state"));
  }

  /** Locked while a benchmark runs. */
  Path lock() {
    return path.resolve("lock");
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
