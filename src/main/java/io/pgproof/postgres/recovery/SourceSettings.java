package io.pgproof.postgres.recovery;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.postgres.server.DatabaseNames;
import io.pgproof.postgres.server.Libraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a data directory tells of its source, read before {@link RecoveryPreparation} takes it away.
 *
 * @param preloaded libraries that the source loaded of its own accord, as far as its settings lie
 *     in the data directory
 * @param configuration whether they do: Debian and others keep {@code postgresql.conf} elsewhere
 * @param databases names of databases, as hints
 */
public record SourceSettings(
    List<String> preloaded, boolean configuration, List<String> databases) {
  public SourceSettings {
    preloaded = List.copyOf(preloaded);
    databases = List.copyOf(databases);
  }

  /**
   * Reads them, which is cheap.
   *
   * @throws java.io.UncheckedIOException when a file of settings cannot be read
   */
  public static SourceSettings of(RecoveryRequest order) {
    Path data = order.dataDirectory();
    return new SourceSettings(
        Libraries.preloaded(data),
        Files.isRegularFile(data.resolve("postgresql.conf"), NOFOLLOW_LINKS),
        DatabaseNames.in(data, order.major(), order.control()));
  }
}
