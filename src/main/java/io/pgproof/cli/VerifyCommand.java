package io.pgproof.cli;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.target.Depth;
import io.pgproof.target.Durations;
import io.pgproof.target.Sizes;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "verify",
    description = "Proves one backup: restores it in a throw-away container, recovers, asks, tears down, and says what it is worth.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @ParentCommand
  private Main main;

  @Parameters(paramLabel = "PATH", description = "Directory that pg_basebackup -Ft wrote: base.tar.gz and pg_wal.tar.gz.")
  private Path path;

  @Option(names = "--freshness-query", paramLabel = "SQL",
      description = "Gives the newest time in the data, one row with one column; without it the WAL tells.")
  private Optional<String> freshnessQuery;

  @Option(names = "--database", paramLabel = "NAME", defaultValue = VerificationRequest.DEFAULT_DATABASE,
      description = "Database that the query and the assertions are asked in; default ${DEFAULT-VALUE}.")
  private String database;

  @Option(names = "--time-zone", paramLabel = "ZONE", defaultValue = "UTC",
      description = "In which times without a zone are read; default ${DEFAULT-VALUE}.")
  private ZoneId zone;

  @Option(names = "--max-age", paramLabel = "DURATION", converter = DurationConverter.class, defaultValue = "24h",
      description = "How old the newest data may be: 90s, 30m, 24h, 7d or ISO 8601; default ${DEFAULT-VALUE}.")
  private Duration maxAge;

  @Option(names = "--assert", paramLabel = "SQL",
      description = "Must return one row with one column that is true; may be given more than once.")
  private List<String> assertions = new ArrayList<>();

  @Option(names = "--depth", paramLabel = "DEPTH", defaultValue = "standard",
      description = "quick, standard or deep; this version has standard only.")
  private Depth depth;

  @Option(names = "--wal-archive", paramLabel = "DIR", description = "Directory with WAL segments that the backup does not bring.")
  private Optional<Path> walArchive;

  @Option(names = "--recovery-timeout", paramLabel = "DURATION", converter = DurationConverter.class, defaultValue = "1h",
      description = "How long recovery may take; default ${DEFAULT-VALUE}.")
  private Duration recoveryTimeout;

  @Option(names = "--superuser", paramLabel = "NAME", defaultValue = VerificationRequest.DEFAULT_SUPERUSER,
      description = "Role to connect as; default ${DEFAULT-VALUE}.")
  private String superuser;

  @Option(names = "--memory", paramLabel = "SIZE", converter = SizeConverter.class, defaultValue = "1G",
      description = "Memory of the container: 512M, 2G; default ${DEFAULT-VALUE}.")
  private long memory;

  @Option(names = "--cpus", paramLabel = "N", defaultValue = "1",
      description = "Processors of the container, 0.5 for a half; default ${DEFAULT-VALUE}.")
  private double cpus;

  @Option(names = "--keep", paramLabel = "DURATION", converter = DurationConverter.class, defaultValue = "0s",
      description = "Keeps the restored copy of a refuted or inconclusive run for so long.")
  private Duration keep;

  @Option(names = "--json", description = "Prints one JSON object on standard output and nothing else; progress goes to standard error.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    VerificationRequest request = request();
    try (Link link = Link.toEngine(main.state())) {
      return new Proving(link, spec.commandLine(), json).verify(request);
    }
  }

  private VerificationRequest request() {
    if (depth != Depth.STANDARD) {
      throw new UsageException(Reason.BAD_OPTION,
          "--depth " + depth.name().toLowerCase(java.util.Locale.ROOT) + " is not in this version, only standard is",
          "leave --depth out");
    }
    if (memory < Sizes.parse("256M")) {
      throw new UsageException(Reason.BAD_OPTION, "--memory must be at least 256M, a server does not start with less",
          "give more, such as --memory 1G");
    }
    if (!(cpus >= 0.05 && cpus <= 1024)) {
      throw new UsageException(Reason.BAD_OPTION, "--cpus must be between 0.05 and 1024, not " + cpus, "give more, such as --cpus 1");
    }
    if (recoveryTimeout.isZero()) {
      throw new UsageException(Reason.BAD_OPTION, "--recovery-timeout must be longer than nothing", "give more, such as 1h");
    }
    walArchive.filter(directory -> !java.nio.file.Files.isDirectory(directory)).ifPresent(directory -> {
      throw new UsageException(Reason.NO_SUCH_PATH, "--wal-archive " + directory + " is no directory");
    });
    Duration stay = recoveryTimeout.plus(VerificationRequest.DEFAULT_STAY_TIMEOUT);
    return new VerificationRequest(Optional.empty(), absolute(path), freshnessQuery, database, zone, maxAge, assertions, depth,
        walArchive.map(VerifyCommand::absolute), recoveryTimeout, stay, superuser, new Resources(memory, cpus), keep,
        Person.whoRanThis());
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  /** Durations as in {@link Durations}. */
  static final class DurationConverter implements picocli.CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Durations.parse(text);
      } catch (IllegalArgumentException e) {
        throw new picocli.CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }

  /** Sizes as in {@link Sizes}. */
  static final class SizeConverter implements picocli.CommandLine.ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return Sizes.parse(text);
      } catch (IllegalArgumentException e) {
        throw new picocli.CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }
}
