package io.pgproof.cli;

import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    description =
        "Creates a source database in a container, backs it up with pg_basebackup while clients write to it, and proves the backup.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Option(
      names = "--postgres",
      paramLabel = "VERSION",
      defaultValue = "15",
      description = "Major version of the source; default ${DEFAULT-VALUE}.")
  private int major;

  @Option(
      names = "--orders",
      paramLabel = "N",
      defaultValue = "200000",
      description = "Orders in the source database, three lines each; default ${DEFAULT-VALUE}.")
  private int orders;

  @Override
  public Integer call() throws Exception {
    StateDirectory state = main.state();
    DaemonConnection.requireRoot();
    Ownership.createDirectory(state);
    // Each demonstration first removes the backup of the previous one. The kernel releases the lock
    // however this process ends.
    try (FileChannel turn =
        FileChannel.open(state.demoLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (turn.tryLock() == null) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("waiting for another demonstration in " + state.path());
        err.flush();
        turn.lock();
      }
      return runDemo(state);
    }
  }

  private int runDemo(StateDirectory state) throws Exception {
    try (DaemonConnection daemonConnection = DaemonConnection.toEngine(state)) {
      Reply reply;
      try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
        reply = daemonConnection.send(new Request.Demo(major, Math.max(1, orders)), progress::show);
      }
      if (!(reply instanceof Reply.BackedUp backup)) {
        return FailureOutput.print(spec.commandLine(), spec.commandLine().getParseResult(), reply);
      }
      int status =
          new VerificationSession(daemonConnection, spec.commandLine(), false)
              .verify(request(backup));
      PrintWriter out = spec.commandLine().getOut();
      out.println();
      out.println("Try next, with this backup or one of yours:");
      out.println(
          "  ./pgproof verify "
              + backup.path()
              + " --freshness-query '"
              + backup.freshnessQuery()
              + "' --max-age 24h");
      out.println("  ./pgproof runs");
      return status;
    }
  }

  private static VerificationRequest request(Reply.BackedUp backup) {
    return Settings.NONE
        .with(Setting.FRESHNESS_QUERY, backup.freshnessQuery())
        .with(Setting.ASSERTIONS, List.of("select count(*) > 0 from order_lines"))
        .request(Optional.empty(), Path.of(backup.path()), InvokingUser.name());
  }
}
