package io.pgproof.cli;

import io.pgproof.daemon.Daemon;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "serve",
    description =
        "Runs the server with the engine, Cockpit, Tasklist and Admin, on 127.0.0.1:8080 or on SERVER_ADDRESS and SERVER_PORT.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Configuration with targets, recipients and schedules.",
        "Default: pgproof.yaml in the state directory, if it exists. The server follows its changes."
      })
  private @Nullable Path config;

  @Override
  public Integer call() throws Exception {
    DaemonConnection.requireRoot();
    StateDirectory state = main.state();
    Configuration configuration = configuration(state);
    Ownership ownership = ServerSession.own(state);
    try (ServerSession session = ServerSession.begin();
        Daemon daemon = Daemon.serve(ownership, configuration)) {
      session.serve(daemon, spec.commandLine().getErr());
    }
    return Main.DONE;
  }

  private Configuration configuration(StateDirectory state) {
    if (config != null) {
      return Configuration.read(config.toAbsolutePath().normalize());
    }
    Path standard = state.path().resolve(Configuration.FILE);
    return Files.exists(standard) ? Configuration.read(standard) : Configuration.none(standard);
  }
}
