package io.pgproof.postgres.check;

import io.pgproof.postgres.recovery.RecoveryLog;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.postgres.server.ServerLog;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Inapplicable;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.sandbox.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies the checksum of every page with the server's own program, after recovery and the other
 * checks.
 *
 * <p>The server must be stopped, so this is the last check. The program runs next to an idle first
 * process and not as the first process itself, because only then are its exit status and output
 * returned separately.
 */
final class ChecksumCheck {
  static final String NAME = "checksums";

  /**
   * Matches a message about a relation's file. Other files in the directory have no checksums that
   * could fail.
   */
  private static final Pattern FAILED =
      Pattern.compile(
          ".*checksum verification failed in file \"(?:.*/)?(?<file>(?:global|base/\\d+|pg_tblspc/\\d+/[^/]+/\\d+)/"
              + "\\d+(?<map>_(?:fsm|vm))?(?:_init)?(?:\\.\\d+)?)\", block .*");

  private static final Pattern FOREIGN =
      Pattern.compile(".*checksum verification failed in file .*");
  private static final Pattern BLOCKS = Pattern.compile("Blocks scanned: +(\\d+)");
  private static final int MOST_LINES = 5;

  private final RecoveredCopy copy;
  private final Set<String> torn;
  private final Duration limit;
  private final Progress progress;

  private ChecksumCheck(RecoveredCopy copy, Set<String> torn, Duration limit, Progress progress) {
    this.copy = copy;
    this.torn = torn;
    this.limit = limit;
    this.progress = progress;
  }

  /**
   * Makes the check if the source had checksums and the image has a program for it. It stops the
   * server.
   *
   * @param torn files that nothing reads, with pages that can be torn even in a sound backup
   * @param limit time limit of the program
   */
  static CheckResult run(RecoveredCopy copy, Set<String> torn, Duration limit, Progress progress) {
    if (!copy.control().dataChecksums()) {
      return CheckResult.inapplicable(
          NAME, Inapplicable.NO_CHECKSUMS, "the source has no page checksums", List.of());
    }
    List<String> command = copy.version().checksumCommand();
    if (command.isEmpty()) {
      String why = copy.version() + " has no program for this check";
      return CheckResult.inapplicable(
          NAME,
          Inapplicable.VERSION,
          why,
          List.of(NAME + ": pages as recovery left them, because " + why));
    }
    String program = command.get(0);
    if (!copy.machine().has(program)) {
      return CheckResult.unavailable(
          NAME,
          MissingComponent.of(program, copy.version()),
          NAME + ": pages as recovery left them");
    }
    return new ChecksumCheck(copy, torn, limit, progress).run(command);
  }

  private CheckResult run(List<String> command) {
    String program = command.get(0);
    long began = System.nanoTime();
    progress.at(0, 0, NAME + ": stopping the server");
    Optional<Finding> unclean = stop();
    if (unclean.isPresent()) {
      return notMade(unclean.get(), began);
    }
    progress.at(0, 0, NAME + ": " + program);
    copy.machine().startIdle();
    List<String> arguments = new ArrayList<>(command.subList(1, command.size()));
    arguments.addAll(List.of("-D", RecoveryRequest.DATA));
    return judge(program, copy.machine().run(program, Map.of(), limit, arguments), began);
  }

  /** Stops the server; empty if it ended properly. */
  private Optional<Finding> stop() {
    copy.machine().stop();
    RecoveryLog log = new RecoveryLog();
    ServerLog file = new ServerLog(copy.server().log());
    try {
      while (file.read(log::add)) {
        // Read to the end.
      }
    } catch (IOException e) {
      return Optional.of(
          Finding.of(Reason.CHECK_FAILED, "the server's log cannot be read: " + e.getMessage()));
    }
    return log.shutDown()
        ? Optional.empty()
        : Optional.of(
            Finding.of(
                Reason.CHECK_FAILED,
                "the restored server did not shut down cleanly, so its pages were not checked",
                log.errorLines()));
  }

  private CheckResult judge(String program, Sandbox.Ended ended, long began) {
    List<String> said = ended.err().lines().map(ServerText::clean).toList();
    List<String> failed = said.stream().filter(line -> FAILED.matcher(line).matches()).toList();
    long foreign =
        said.stream().filter(line -> FOREIGN.matcher(line).matches()).count() - failed.size();
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    if (!failed.isEmpty()) {
      List<String> damaged = failed.stream().filter(this::isRead).toList();
      String first =
          (damaged.isEmpty() ? failed : damaged)
              .get(0)
              .replaceFirst("^\\w+: (?:error: )?", "")
              .replace(RecoveryRequest.DATA + "/", "");
      String more = failed.size() == 1 ? "" : ", and " + (failed.size() - 1) + " more like it";
      Finding finding =
          Finding.of(
              damaged.isEmpty() ? Reason.TORN_PAGE : Reason.PAGE_CHECKSUM,
              first + more,
              String.join("\n", failed.subList(0, Math.min(20, failed.size()))));
      return new CheckResult(Check.failed(NAME, first + more, took), List.of(finding), List.of());
    }
    Matcher blocks = BLOCKS.matcher(ended.out());
    if (ended.timedOut() || !blocks.find() || (ended.status() != 0 && foreign == 0)) {
      Reason reason =
          copy.server().outOfMemory().getAsBoolean() ? Reason.OUT_OF_MEMORY : Reason.CHECK_FAILED;
      return notMade(
          Finding.of(
              reason,
              program + " ended with status " + ended.status() + " before all pages were checked",
              String.join("\n", said.subList(0, Math.min(MOST_LINES, said.size())))),
          began);
    }
    return new CheckResult(
        Check.passed(
            NAME,
            ServerText.count(Long.parseLong(blocks.group(1)), "page", "pages")
                + " after a clean stop",
            took),
        List.of(),
        foreign == 0
            ? List.of()
            : List.of(NAME + ": files in the data directory that belong to no relation"));
  }

  /** Returns whether the contents of the page matter. PostgreSQL treats a torn map as empty. */
  private boolean isRead(String line) {
    Matcher named = FAILED.matcher(line);
    return named.matches() && named.group("map") == null && !torn.contains(named.group("file"));
  }

  private static CheckResult notMade(Finding finding, long began) {
    Check check =
        Check.skipped(NAME, finding.message(), Duration.ofNanos(System.nanoTime() - began));
    return new CheckResult(
        check, List.of(finding), List.of(NAME + ": pages as recovery left them"));
  }
}
