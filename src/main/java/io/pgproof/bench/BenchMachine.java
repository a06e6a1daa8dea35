package io.pgproof.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Describes the machine of a benchmark. */
final class BenchMachine {
  private BenchMachine() {}

  /**
   * Describes this machine.
   *
   * @param directory where the backups are
   */
  static BenchResult.Machine describe(Path directory, double load) throws IOException {
    return new BenchResult.Machine(
        value(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(value(Path.of("/proc/meminfo"), "MemTotal").replaceAll("[^0-9]", "")) << 10,
        System.getProperty("os.version"),
        Files.getFileStore(directory).type(),
        load);
  }

  private static String value(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
