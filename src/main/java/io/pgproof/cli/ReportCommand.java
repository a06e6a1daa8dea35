package io.pgproof.cli;

import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.report.ReportFormat;
import io.pgproof.target.Configuration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description = "Writes a compliance report about a period to a file.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DATE",
      description = "First day of the period in UTC, such as 2026-11-01.")
  private String from = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DATE",
      description = "Last day of the period in UTC; the report includes it.")
  private String to = "";

  @Option(
      names = "--target",
      arity = "1..*",
      split = ",",
      paramLabel = "NAME",
      description = {
        "Targets that the report is about.",
        "Default: all that are configured or have runs in the period."
      })
  private List<String> targets = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = {
        "File to write; it must not exist.",
        "Its ending says the format: .html, .pdf, .csv or .json."
      })
  private Path out = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Configuration that says which targets there are.",
        "Default: the one of the server, or else pgproof.yaml in the state directory."
      })
  private @Nullable Path config;

  @Override
  public Integer call() throws Exception {
    Path file = out.toAbsolutePath().normalize();
    ReportFormat format = ReportFormat.of(file);
    refuseUnwritable(file);
    Request request =
        new Request.MakeReport(
            DayPeriod.read("--from", from, "--to", to, LocalDate.now(ZoneOffset.UTC)),
            targets,
            config == null
                ? null
                : ConfiguredTargets.of(Configuration.read(config.toAbsolutePath().normalize())),
            format);
    try (DaemonConnection daemonConnection = DaemonConnection.toDesk(main.state());
        Destination report = new Destination(file)) {
      Reply reply =
          daemonConnection.send(
              request,
              said -> {
                if (said instanceof Reply.ReportBytes part) {
                  report.write(part);
                }
              });
      if (!(reply instanceof Reply.ReportMade made)) {
        return FailureOutput.print(spec.commandLine(), spec.commandLine().getParseResult(), reply);
      }
      report.complete();
      spec.commandLine()
          .getOut()
          .println(file + " covers " + made.targets() + " targets and " + made.runs() + " runs");
      return Main.DONE;
    }
  }

  private static void refuseUnwritable(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw exists(file);
    }
    Path directory = file.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new UsageException(
          Reason.NO_SUCH_PATH,
          "--out is in a directory that does not exist: " + directory,
          "create the directory, or name a file in another one");
    }
  }

  private static UsageException exists(Path file) {
    return new UsageException(
        Reason.BAD_OPTION,
        "--out exists: " + file,
        "name a file that does not exist, or remove this one");
  }

  private static FindingException failed(Path file, IOException e) {
    return new FindingException(
        Reason.ENVIRONMENT,
        "the report could not be written to " + file + ": " + e.getMessage(),
        "free space there and mend the permissions, or name a file in another directory");
  }

  /** A new file that is removed unless it was completed. */
  private static final class Destination implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private boolean complete;

    Destination(Path file) {
      this.file = file;
      try {
        this.channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (FileAlreadyExistsException e) {
        throw exists(file);
      } catch (IOException e) {
        throw failed(file, e);
      }
    }

    /** Adds the next part; the first one replaces what a daemon that has ended had sent. */
    void write(Reply.ReportBytes part) {
      try {
        if (part.first()) {
          channel.truncate(0);
        }
        ByteBuffer bytes = ByteBuffer.wrap(part.bytes());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        throw failed(file, e);
      }
    }

    void complete() {
      complete = true;
    }

    @Override
    public void close() throws IOException {
      try (channel) {
        if (!complete) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
