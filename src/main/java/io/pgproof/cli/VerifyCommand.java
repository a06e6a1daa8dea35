package io.pgproof.cli;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.target.Configuration;
import io.pgproof.target.Durations;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = VerifyCommand.NAME,
    description =
        "Proves one backup: restores it in a throw-away container, lets it recover, checks the data, removes the container and reports the verdict.",
    modelTransformer = SettingOptions.class,
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  static final String NAME = "verify";

  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "PATH",
      description = {
        "Directory that pg_basebackup wrote, as tar or plain, or a directory with many of them:",
        "then pgproof verifies the newest finished one.",
        "With --config: the name of a target."
      })
  private String backup;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Configuration (pgproof.yaml) with the target and its settings.",
        "Other options override the file for this run; --assert replaces all of the target's assertions."
      })
  private @Nullable Path config;

  @Option(
      names = "--json",
      description =
          "Prints one JSON object on standard output and nothing else; progress goes to standard error.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    VerificationRequest request = request();
    try (DaemonConnection daemonConnection = DaemonConnection.toEngine(main.state())) {
      return new VerificationSession(daemonConnection, spec.commandLine(), json).verify(request);
    }
  }

  /**
   * Returns the request that the options and the file describe.
   *
   * @throws UsageException when the options or the file do not say what to verify
   */
  VerificationRequest request() {
    Settings options = SettingOptions.read(spec.commandLine().getParseResult());
    VerificationRequest request =
        config == null
            ? options.request(Optional.empty(), path(), Main.invokingUser())
            : Configuration.read(config)
                .target(backup)
                .overriddenBy(options)
                .request(Main.invokingUser());
    if (!request.patience().reminds()) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "nobody would be reminded: "
              + SettingOptions.name(Setting.REMIND_AFTER)
              + " is "
              + Durations.write(request.patience().remindAfter())
              + ", but the task is escalated after "
              + Durations.write(request.patience().escalateAfter())
              + " ("
              + SettingOptions.name(Setting.ESCALATE_AFTER)
              + ")",
          "give a "
              + SettingOptions.name(Setting.REMIND_AFTER)
              + " shorter than that, or a longer "
              + SettingOptions.name(Setting.ESCALATE_AFTER));
    }
    request
        .replay()
        .walArchive()
        .filter(archive -> !Files.isDirectory(archive))
        .ifPresent(
            archive -> {
              String place =
                  config == null || options.get(Setting.WAL_ARCHIVE).isPresent()
                      ? SettingOptions.name(Setting.WAL_ARCHIVE)
                      : config + ": " + Setting.WAL_ARCHIVE + " of target " + backup;
              throw new UsageException(
                  Reason.NO_SUCH_PATH, place + " is not a directory: " + archive);
            });
    return request;
  }

  private Path path() {
    if (backup.isEmpty()) {
      throw new UsageException(
          Reason.NO_SUCH_PATH, "PATH is empty", "name the directory that pg_basebackup wrote");
    }
    return Path.of(backup).toAbsolutePath().normalize();
  }
}
