package io.pgproof.cli;

import io.pgproof.Pgproof;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.StateDirectory;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program that {@code ./pgproof} starts. */
@Command(
    name = Main.NAME,
    description =
        "Proves PostgreSQL backups: restores them in a throw-away container, checks the database, removes the container and reports the verdict.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Done. Of verify and demo: proven.",
      "1:Failed. Of verify and demo: inconclusive.",
      "2:Wrong usage; nothing was begun.",
      "3:Of verify and demo: stale.",
      "4:Of verify and demo: refuted. Of control: a check missed its damage.",
      "128+n:Of verify and demo: ended by signal n."
    },
    footer = {
      "",
      "${sys:pgproof.command:-./pgproof} setup installs what is missing on Debian; safe to repeat."
    },
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true)
public class Main implements Runnable {
  static final String NAME = "pgproof";

  /** Exit status: the command succeeded. */
  static final int DONE = 0;

  /** Exit status: the command failed. */
  static final int FAILED = 1;

  /** Exit status: the command was not begun. */
  static final int USAGE = 2;

  private static final String DEFAULT_STATE = "/var/lib/pgproof";

  @Spec private CommandSpec spec;

  @Option(
      names = "--state",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "State directory; default $PGPROOF_STATE or /var/lib/pgproof.")
  private @Nullable String state;

  private Main() {}

  public static void main(String[] arguments) {
    end(run(arguments));
  }

  /**
   * Ends the program with this status, unless a signal is ending it already: then the status is
   * that of the signal. {@link System#exit} would replace it after the last shutdown hook.
   */
  static void end(int status) {
    if (!isEnding()) {
      System.exit(status);
    }
  }

  private static boolean isEnding() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  /** Returns the state directory that was requested. */
  StateDirectory state() {
    String environment = System.getenv("PGPROOF_STATE");
    String chosen =
        state != null
            ? state
            : environment != null && !environment.isBlank() ? environment : DEFAULT_STATE;
    return new StateDirectory(Path.of(chosen));
  }

  static int run(String... arguments) {
    PrintStream results = System.out;
    // Standard output is only for results; H2, for example, prints there when it cannot write its
    // own log.
    System.setOut(System.err);
    try {
      return execute(results, arguments);
    } finally {
      System.setOut(results);
    }
  }

  private static int execute(PrintStream results, String... arguments) {
    return execute(line(arguments), results, arguments);
  }

  /**
   * Returns the program with only the command that is named first. Building all commands slows the
   * start, so only help and wrong usage build all.
   */
  static CommandLine line(String... arguments) {
    return Arrays.stream(Complete.class.getAnnotation(Command.class).subcommands())
        .filter(type -> arguments.length > 0 && name(type).equals(arguments[0]))
        .findFirst()
        // Without a CommandLine of its own, it would lack the options that SettingOptions adds.
        .map(type -> new CommandLine(new Main()).addSubcommand(new CommandLine(type)))
        .orElseGet(() -> new CommandLine(new Complete()));
  }

  private static String name(Class<?> type) {
    return type.getAnnotation(Command.class).name();
  }

  static int execute(CommandLine line, PrintStream results, String... arguments) {
    line.setOut(
        new PrintWriter(new java.io.OutputStreamWriter(results, StandardCharsets.UTF_8), true));
    line.setErr(
        new PrintWriter(new java.io.OutputStreamWriter(System.err, StandardCharsets.UTF_8), true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Main::usage);
    line.setExecutionExceptionHandler(Main::failed);
    try {
      return line.execute(arguments);
    } catch (Error e) {
      // The library passes on throwables that are not exceptions, and a client that waits for JSON
      // would get none.
      List<CommandLine> commands = line.getParseResult().asCommandLineList();
      return failed(
          new IllegalStateException(e.toString(), e),
          commands.get(commands.size() - 1),
          line.getParseResult());
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "the command is missing");
  }

  private static int usage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    boolean json = Arrays.asList(arguments).contains("--json");
    if (json) {
      line.getOut()
          .println(
              FailureOutput.json(Reason.BAD_OPTION, String.valueOf(e.getMessage()), hint(line)));
    }
    line.getErr().println("pgproof: " + e.getMessage());
    line.getErr().println("HINT: " + hint(line));
    return USAGE;
  }

  private static String hint(CommandLine line) {
    return "see "
        + line.getCommandSpec().qualifiedName().replaceFirst("^" + NAME, Launcher.COMMAND)
        + " --help";
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    if (e instanceof UsageException usage) {
      return FailureOutput.refused(line, parsed, usage);
    }
    return FailureOutput.failed(line, parsed, null, e);
  }

  /** Returns the user who called sudo, or else the current user. */
  static String invokingUser() {
    String sudo = System.getenv("SUDO_USER");
    return sudo == null || sudo.isBlank() ? System.getProperty("user.name") : sudo;
  }

  /** The program with all of its commands, as its help and its manual show it. */
  @Command(
      subcommands = {
        VerifyCommand.class,
        ControlCommand.class,
        DemoCommand.class,
        ServeCommand.class,
        RunsCommand.class,
        ShowCommand.class,
        ReportCommand.class,
        CertificateCommand.class,
        AuditCommand.class,
        DoctorCommand.class,
        ImagesCommand.class,
        CleanCommand.class,
        TokenCommand.class,
        BenchCommand.class
      })
  static final class Complete extends Main {}

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Pgproof.class.getPackage().getImplementationVersion();
      return new String[] {"pgproof " + (version == null ? "(not packaged)" : version)};
    }
  }
}
