package io.pgproof.demo;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.sandbox.MachineSpec.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Options for a new source database.
 *
 * @param checksums whether pages have checksums
 * @param initdbArguments further arguments of {@code initdb}, such as {@code --wal-segsize=1}; a
 *     later one takes precedence
 * @param settings appended to {@code postgresql.conf}, so that backups contain them too
 * @param backups directory where backups are stored and kept; empty to remove them together with
 *     the database
 * @param limits limits of the machine
 */
public record SourceOptions(
    boolean checksums,
    List<String> initdbArguments,
    Map<String, String> settings,
    Optional<Path> backups,
    Limits limits) {
  public SourceOptions {
    initdbArguments = List.copyOf(initdbArguments);
    settings = Map.copyOf(settings);
    backups = backups.map(path -> path.toAbsolutePath().normalize());
  }

  /**
   * Returns the standard options: checksums on, encoding UTF8, locale en_US.UTF-8, WAL for
   * replicas, 1 GiB of memory and two processors.
   */
  public static SourceOptions standard() {
    return new SourceOptions(
        true,
        List.of("--encoding=UTF8", "--locale=en_US.UTF-8"),
        Map.of(
            "wal_level",
            "replica",
            "max_wal_senders",
            "10",
            "timezone",
            "UTC",
            "log_timezone",
            "UTC"),
        Optional.empty(),
        new Limits(1L << 30, 2));
  }

  public SourceOptions withoutChecksums() {
    return new SourceOptions(false, initdbArguments, settings, backups, limits);
  }

  public SourceOptions withInitdb(String... arguments) {
    List<String> all = new ArrayList<>(initdbArguments);
    all.addAll(List.of(arguments));
    return new SourceOptions(checksums, all, settings, backups, limits);
  }

  public SourceOptions with(String setting, String value) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(setting, value);
    return new SourceOptions(checksums, initdbArguments, all, backups, limits);
  }

  public SourceOptions withBackupDirectory(Path directory) {
    return new SourceOptions(checksums, initdbArguments, settings, Optional.of(directory), limits);
  }

  /** Returns the arguments of {@code initdb}. */
  List<String> initdb(PostgresVersion version) {
    List<String> all = new ArrayList<>(initdbArguments);
    if (checksums) {
      all.add("--data-checksums");
    } else if (version.hasChecksumsByDefault()) {
      all.add("--no-data-checksums");
    }
    return all;
  }

  /** Returns the lines to append to {@code postgresql.conf}. */
  String postgresqlConf() {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(settings)
        .forEach(
            (name, value) ->
                lines.append(name).append(" = '").append(value.replace("'", "''")).append("'\n"));
    return lines.toString();
  }
}
