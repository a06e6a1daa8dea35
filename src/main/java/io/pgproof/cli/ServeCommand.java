package io.pgproof.cli;

import io.pgproof.daemon.Daemon;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
    Ownership ownership =
        Ownership.acquire(state)
            .orElseThrow(
                () ->
                    new UsageException(
                        Reason.BAD_OPTION,
                        Ownership.owner(state)
                                .map(pid -> "process " + pid)
                                .orElse("another process")
                            + " is the daemon of the state directory "
                            + state.path(),
                        "wait until it ends, or use another state directory with --state"));
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch signal = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  signal.countDown();
                  DaemonConnection.awaitTeardown(ended);
                },
                "signal"));
    try (Daemon daemon = Daemon.serve(ownership, configuration)) {
      spec.commandLine()
          .getErr()
          .println("pgproof serves " + daemon.address() + "; stop it with Ctrl-C or SIGTERM");
      signal.await();
    } finally {
      ended.countDown();
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
