package io.pgproof.postgres.recovery;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.pgproof.postgres.server.DatabaseNames;
import io.pgproof.postgres.server.Libraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a data directory says about its source, read before {@link RecoveryPreparation} removes it.
 *
 * @param preloaded libraries that the source preloaded, as far as its settings are in the data
 *     directory
 * @param configuration whether its settings are there; Debian and others keep {@code
 *     postgresql.conf} elsewhere
 * @param databases names of databases, as hints
 */
public record SourceSettings(
    List<String> preloaded, boolean configuration, List<String> databases) {
  public SourceSettings {
    preloaded = List.copyOf(preloaded);
    databases = List.copyOf(databases);
  }

  /**
   * Reads the settings. This is cheap.
   *
   * @throws java.io.UncheckedIOException if a file of settings cannot be read
   */
  public static SourceSettings of(RecoveryRequest order) {
    Path data = order.dataDirectory();
    return new SourceSettings(
        Libraries.preloaded(data),
        Files.isRegularFile(data.resolve("postgresql.conf"), NOFOLLOW_LINKS),
        DatabaseNames.read(data, order.version(), order.control()));
  }
}
