package io.pgproof.cli;

import io.pgproof.cli.text.ProgressLine;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.daemon.Daemon;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private static final Map<String, String> MAY =
      Map.of(
          "admin", "manage users, see everything",
          "operator", "decide about the stale backup (shop-stale)",
          "approver", "decide about the damaged backup (shop-damaged)",
          "auditor", "see verifications and decisions, change nothing");

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

  @Option(
      names = "--serve",
      description = {
        "Makes three targets of the backup (sound, stale, damaged), verifies them, and runs the server",
        "on them with one user for each group. Prints the address and the passwords."
      })
  private boolean serve;

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
      return serve ? serve(state) : runDemo(state);
    }
  }

  private int runDemo(StateDirectory state) throws Exception {
    try (DaemonConnection daemonConnection = DaemonConnection.toEngine(state)) {
      Reply reply = backUp(daemonConnection);
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
          "  "
              + Launcher.COMMAND
              + " verify "
              + backup.path()
              + " --freshness-query '"
              + backup.freshnessQuery()
              + "' --max-age 24h");
      out.println("  " + Launcher.COMMAND + " runs");
      out.println("  " + Launcher.COMMAND + " demo --serve");
      return status;
    }
  }

  private Reply backUp(DaemonConnection daemonConnection) throws IOException {
    try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
      return daemonConnection.send(new Request.Demo(major, Math.max(1, orders)), progress::show);
    }
  }

  private static VerificationRequest request(Reply.BackedUp backup) {
    return Settings.NONE
        .with(Setting.FRESHNESS_QUERY, backup.freshnessQuery())
        .with(Setting.ASSERTIONS, List.of("select count(*) > 0 from order_lines"))
        .request(Optional.empty(), Path.of(backup.path()), Main.invokingUser());
  }

  private int serve(StateDirectory state) throws Exception {
    Path configured = state.path().resolve(Configuration.FILE);
    if (Files.exists(configured)) {
      throw new UsageException(
          Reason.BAD_OPTION,
          configured + " names targets, and demo --serve would serve its own instead of them",
          "use another state directory with --state");
    }
    Ownership ownership = ServerSession.own(state);
    try (ServerSession session = ServerSession.begin();
        Daemon daemon = Daemon.demonstrate(ownership, state.demoTargets())) {
      try (DaemonConnection daemonConnection = DaemonConnection.toEngine(state)) {
        Reply reply = backUp(daemonConnection);
        if (!(reply instanceof Reply.BackedUp backup)) {
          return FailureOutput.print(
              spec.commandLine(), spec.commandLine().getParseResult(), reply);
        }
        for (Target target : DemoTargets.write(state, backup).targets()) {
          new VerificationSession(daemonConnection, spec.commandLine(), false)
              .verify(target.request(Main.invokingUser()));
          spec.commandLine().getOut().println();
        }
      }
      printPeople(state);
      session.serve(daemon, spec.commandLine().getErr());
    }
    return Main.DONE;
  }

  private void printPeople(StateDirectory state) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("User, password and what the user may do:");
    if (Files.exists(state.adminPassword())) {
      printPerson("admin", Files.readString(state.adminPassword()).strip());
    }
    if (Files.exists(state.demoPasswords())) {
      Files.readAllLines(state.demoPasswords()).stream()
          .map(line -> line.split(" ", 2))
          .forEach(person -> printPerson(person[0], person[1]));
    } else {
      out.println("  the users of the last demonstration, whose passwords were removed from");
      out.println("  " + state.demoPasswords());
    }
    out.println();
    out.flush();
  }

  private void printPerson(String user, String password) {
    spec.commandLine()
        .getOut()
        .printf("  %-9s %-25s %s%n", user, password, Objects.requireNonNull(MAY.get(user)));
  }
}
