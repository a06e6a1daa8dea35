package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ReportText;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.evidence.log.ExportFile;
import io.pgproof.evidence.log.LogAudit;
import io.pgproof.evidence.log.LogExport;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Mistakes;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.tlog.LogDamagedException;
import io.pgproof.tlog.MailedCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    description = "Shows what happened to the server itself, and verifies the evidence log.",
    subcommands = {
      AuditCommand.ListEvents.class,
      AuditCommand.VerifyLog.class,
      AuditCommand.ExportLog.class,
      AuditCommand.RemoveEvidence.class
    },
    mixinStandardHelpOptions = true)
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "the command is missing: list, verify, export or remove");
  }

  @Command(
      name = "list",
      description = {
        "Lists what happened to the server itself, the newest event first: starts and stops, log-ins, refusals, tokens,",
        "changes of the configuration, keys, reviews, and the anchors, exports and removals of the evidence log."
      },
      mixinStandardHelpOptions = true)
  static final class ListEvents implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private AuditCommand audit;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "Maximum number of events; default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Mistakes mistakes = new Mistakes();
      if (limit < 1) {
        mistakes.add(
            Mistakes.notAllowed("--limit", Integer.toString(limit), "a whole number from 1"));
      }
      mistakes.throwIfAny();
      return RequestCommand.run(
          audit.main, spec, new Request.ListEvents(limit), Reply.Events.class, this::print);
    }

    private int print(Reply.Events events, PrintWriter out) {
      if (json) {
        out.println(EvidenceJson.write(events.lines()));
      } else if (events.lines().isEmpty()) {
        out.println("nothing has happened to the server yet");
      } else {
        events
            .lines()
            .forEach(
                line ->
                    out.println(
                        ReportText.time(line.at()) + "  " + line.actor() + " " + line.what()));
      }
      return Main.DONE;
    }
  }

  @Command(
      name = "verify",
      description = {
        "Verifies the evidence log: computes each entry and the whole tree again, and compares them with all checkpoints and the tiles.",
        "Exit status 1 if anything is wrong."
      },
      mixinStandardHelpOptions = true)
  static final class VerifyLog implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private AuditCommand audit;

    @Option(
        names = "--export",
        paramLabel = "FILE",
        description = {
          "Verifies this export instead, without the database.",
          "Any user can do this on any machine."
        })
    private @Nullable Path export;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = {
          "With --export: the log.pem of the key that must have signed;",
          "once for each key that the log has had.",
          "Default: the keys that the export names, which prove only that it fits itself."
        })
    private List<Path> keys = List.of();

    @Option(
        names = "--checkpoint",
        paramLabel = "FILE",
        description = {
          "A checkpoint that was kept elsewhere; the log must continue it.",
          "A mail that has one will do."
        })
    private @Nullable Path checkpoint;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      if (!keys.isEmpty() && export == null) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "--key is only for --export",
            "leave it out: without --export, the keys are in the state directory");
      }
      String kept = checkpoint == null ? null : readCheckpoint(checkpoint);
      if (export == null) {
        return RequestCommand.run(
            audit.main,
            spec,
            new Request.VerifyLog(kept),
            Reply.LogVerified.class,
            (verified, out) -> print(verified.audit(), out));
      }
      List<String> pinned = keys.stream().map(key -> read("--key", key)).toList();
      try {
        return print(LogExport.verify(export, pinned, kept), spec.commandLine().getOut());
      } catch (LogDamagedException | CharacterCodingException e) {
        throw new FindingException(
            new Finding(
                Reason.ENVIRONMENT,
                export + " cannot be verified: " + e.getMessage(),
                "name a file that "
                    + Launcher.COMMAND
                    + " audit export wrote, and with --key a log.pem",
                null));
      } catch (IOException e) {
        throw unreadable("--export", export, e);
      }
    }

    private static String readCheckpoint(Path file) {
      try {
        return MailedCheckpoint.find(read("--checkpoint", file));
      } catch (LogDamagedException e) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "--checkpoint: " + file + ": " + e.getMessage(),
            "copy it from the mail as text: the line with the name of the log, the two lines after it, and the line that begins with a dash");
      }
    }

    private static String read(String option, Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw unreadable(option, file, e);
      }
    }

    private static UsageException unreadable(String option, Path file, IOException e) {
      return new UsageException(
          Reason.NO_SUCH_PATH,
          option + " cannot be read: " + file + ": " + e.getMessage(),
          "name a file that you may read");
    }

    private int print(LogAudit found, PrintWriter out) {
      if (json) {
        out.println(EvidenceJson.write(found));
        return found.isSound() ? Main.DONE : Main.FAILED;
      }
      out.println(
          "evidence log "
              + (found.log() == null ? "without a key" : found.log())
              + ": "
              + count(found.positions(), "position")
              + ", "
              + count(found.checkpoints(), "checkpoint"));
      found.keys().forEach(verifier -> out.println("verified with key " + verifier));
      if (found.anchors().isEmpty()) {
        out.println("never anchored: by the evidence, nobody elsewhere has a checkpoint");
      }
      found.anchors().forEach(out::println);
      if (found.waiting() > 0) {
        out.println("entries that are not in the log yet: " + found.waiting());
      }
      if (found.removed() > 0) {
        out.println("entries that were removed: " + found.removed());
        found
            .removals()
            .forEach(
                removal ->
                    out.println(
                        "position "
                            + removal.position()
                            + ": "
                            + ReportText.time(removal.at())
                            + "  "
                            + removal.by()
                            + " removed "
                            + count(removal.entries(), "entr", "y", "ies")
                            + " from before "
                            + ReportText.time(removal.before())
                            + "; export SHA-256 "
                            + removal.exportSha256()));
      }
      found.problems().forEach(out::println);
      long more = found.found() - found.problems().size();
      if (more > 0) {
        out.println("and " + more + " more");
      }
      out.println(
          found.isSound()
              ? "every entry is what was recorded, in the order in which it was recorded"
              : "THE EVIDENCE LOG IS BROKEN: " + count(found.found(), "problem"));
      return found.isSound() ? Main.DONE : Main.FAILED;
    }

    private static String count(long number, String what, String one, String more) {
      return number + " " + what + (number == 1 ? one : more);
    }

    private static String count(long number, String what) {
      return number + " " + what + (number == 1 ? "" : "s");
    }
  }

  @Command(
      name = "export",
      description = {
        "Writes the evidence log to a file, which audit verify --export verifies without the database.",
        "The file is read again and verified, and the export is recorded as evidence."
      },
      mixinStandardHelpOptions = true)
  static final class ExportLog implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private AuditCommand audit;

    @Parameters(paramLabel = "FILE", description = "File to write; it must not exist.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      Path target = file.toAbsolutePath().normalize();
      try (ExportFile export = new ExportFile(target);
          DaemonConnection daemonConnection = DaemonConnection.toDesk(audit.main.state())) {
        Reply reply =
            daemonConnection.send(
                new Request.ExportLog(),
                said -> {
                  if (said instanceof Reply.LogLines lines) {
                    export.write(lines.first(), lines.lines());
                  }
                });
        if (!(reply instanceof Reply.Done done)) {
          return FailureOutput.print(
              spec.commandLine(), spec.commandLine().getParseResult(), reply);
        }
        export.complete();
        PrintWriter out = spec.commandLine().getOut();
        out.println(target + ": " + done.text());
        String sha256 = Digests.sha256(target);
        LogAudit found = LogExport.verify(target, List.of(), null);
        found.problems().forEach(out::println);
        if (!found.fits()) {
          out.println("the export is not recorded as evidence, because the log is broken");
          return Main.FAILED;
        }
        Reply recorded =
            daemonConnection.send(
                new Request.RecordExport(target.toString(), sha256, Main.invokingUser()),
                said -> {});
        if (!(recorded instanceof Reply.Done known)) {
          return FailureOutput.print(
              spec.commandLine(), spec.commandLine().getParseResult(), recorded);
        }
        out.println(known.text());
        return Main.DONE;
      }
    }
  }

  @Command(
      name = "remove",
      description = {
        "Removes evidence that was recorded before a day, at least 90 days ago.",
        "It removes only what a recorded export has, and nothing that is still needed.",
        "It does not check that the file of the export still exists.",
        "A signed entry says what was removed, and the log can still be verified."
      },
      mixinStandardHelpOptions = true)
  static final class RemoveEvidence implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private AuditCommand audit;

    @Option(
        names = "--before",
        required = true,
        paramLabel = "DATE",
        description = "First day, in UTC, whose evidence stays, such as 2026-01-01.")
    private String before = "";

    @Option(names = "--dry-run", description = "Only says what would be removed.")
    private boolean dryRun;

    @Override
    public Integer call() throws Exception {
      Instant time;
      try {
        time = LocalDate.parse(before).atStartOfDay(ZoneOffset.UTC).toInstant();
      } catch (DateTimeParseException e) {
        throw new UsageException(
            Reason.BAD_OPTION,
            Mistakes.notAllowed("--before", before, "a day such as 2026-01-01"),
            "correct --before");
      }
      return RequestCommand.text(
          audit.main, spec, new Request.RemoveEvidence(time, dryRun, Main.invokingUser()));
    }
  }
}
