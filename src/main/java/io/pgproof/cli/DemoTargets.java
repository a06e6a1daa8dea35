package io.pgproof.cli;

import io.pgproof.control.Reply;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the configuration of a demonstration: three targets made of one backup. The first is
 * sound. The second looks at a table that got no new row for two years, so its data are too old.
 * The third is a copy whose base archive was cut, as by a full disk.
 */
final class DemoTargets {
  private static final String ARCHIVE = "base.tar.gz";

  private DemoTargets() {}

  /**
   * Creates the damaged copy and the file.
   *
   * @param backup the backup that the demonstration took
   * @return the configuration that was written
   */
  static Configuration write(StateDirectory state, Reply.BackedUp backup) throws IOException {
    Path sound = Path.of(backup.path());
    Path cut = cut(sound, state.demo().resolve("cut"));
    Files.writeString(
        state.demoTargets(),
        """
        # The targets of demo --serve. The next demonstration replaces this file.
        targets:
          - name: shop
            path: %1$s
            schedule: "0 3 * * *"
            freshness-query: %3$s
            max-age: 24h
            assertions: [ "select count(*) > 0 from order_lines" ]
          - name: shop-stale
            path: %1$s
            schedule: "10 3 * * *"
            freshness-query: select max(created_at) from customers
            max-age: 24h
          - name: shop-damaged
            path: %2$s
            schedule: "20 3 * * *"
            freshness-query: %3$s
            max-age: 24h
        """
            .formatted(sound, cut, backup.freshnessQuery()));
    return Configuration.read(state.demoTargets());
  }

  /** Copies a backup and leaves out the last third of its base archive. */
  private static Path cut(Path backup, Path copy) throws IOException {
    Files.createDirectory(copy);
    List<Path> files;
    try (Stream<Path> all = Files.list(backup)) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    try (FileChannel archive = FileChannel.open(copy.resolve(ARCHIVE), StandardOpenOption.WRITE)) {
      archive.truncate(archive.size() / 3 * 2);
    }
    return copy;
  }
}
