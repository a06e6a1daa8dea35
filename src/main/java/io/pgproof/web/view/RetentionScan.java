package io.pgproof.web.view;

import io.pgproof.backup.source.NewestBackup;
import io.pgproof.backup.source.StoredBackup;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;

/**
 * Looks at the backups of a target in a thread of its own, because a mount that hangs must not hang
 * a page. What was seen is shown again for a minute.
 */
public final class RetentionScan implements AutoCloseable {
  private static final Duration FRESH_FOR = Duration.ofMinutes(1);
  private static final int THREADS = 4;

  private final RunIndex runIndex;
  private final Clock clock;
  private final Duration patience;
  private final Map<Path, Scan> scans = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, BasicThreadFactory.builder().namingPattern("retention").daemon().build());

  /**
   * @param patience how long a page waits for a look
   */
  RetentionScan(RunIndex runIndex, Clock clock, Duration patience) {
    this.runIndex = runIndex;
    this.clock = clock;
    this.patience = patience;
  }

  private record Seen(Instant at, List<StoredBackup> backups, Optional<String> problem) {}

  /**
   * The looks at one path.
   *
   * @param before what the look before saw
   */
  private record Scan(Future<Seen> look, Optional<Seen> before) {
    Optional<Seen> seen() {
      if (!look.isDone()) {
        return before;
      }
      try {
        return Optional.of(look.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return before;
      } catch (ExecutionException e) {
        return before;
      }
    }
  }

  /** Returns what lies at the path of the target, as far as it is known in time. */
  public Retention of(Target target) {
    Scan scan =
        scans.compute(
            target.path(),
            (path, known) ->
                known == null || isOutdated(known)
                    ? new Scan(
                        threads.submit(() -> look(path)),
                        known == null ? Optional.empty() : known.seen())
                    : known);
    await(scan.look());
    Optional<Seen> seen = scan.seen();
    List<RunSummary> runs = runIndex.lastOfEachBackup(target.name());
    return new Retention(
        seen.map(Seen::at),
        seen.flatMap(Seen::problem),
        seen.map(Seen::backups).orElse(List.of()).stream()
            .map(backup -> new Retention.Covered(backup, last(backup, runs)))
            .toList());
  }

  private boolean isOutdated(Scan scan) {
    return scan.look().isDone()
        && scan.seen()
            .map(seen -> seen.at().plus(FRESH_FOR).isBefore(clock.instant()))
            .orElse(true);
  }

  private void await(Future<Seen> look) {
    try {
      look.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // What was seen before is shown instead.
    }
  }

  private Seen look(Path path) throws InterruptedException {
    Instant at = clock.instant();
    try {
      return new Seen(at, NewestBackup.listAt(path), Optional.empty());
    } catch (IOException e) {
      return new Seen(at, List.of(), Optional.of(path + " cannot be listed: " + e));
    }
  }

  private static Optional<RunSummary> last(StoredBackup backup, List<RunSummary> runs) {
    return runs.stream()
        .filter(
            run ->
                run.outcome()
                    .flatMap(RunSummary.Outcome::backup)
                    .filter(known -> isSame(known, backup))
                    .isPresent())
        .findFirst();
  }

  private static boolean isSame(RunSummary.KnownBackup known, StoredBackup backup) {
    return backup.startLsn().equals(Optional.of(known.startLsn()))
        && backup.startTime().equals(known.startTime())
        && backup
            .systemIdentifier()
            .map(identifier -> identifier.equals(known.systemIdentifier()))
            .orElse(true);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
