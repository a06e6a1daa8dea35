package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the container that would fill the disk, before the engine starves beside it: a restored server writes as much as its WAL
 * and the queries make it write.
 *
 * <p>The restore itself stops at the reserve; this stops at half of it, so that a restore is told first.
 */
final class SpaceWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
  private static final long LOOK_EVERY_MILLIS = 250;

  private final Trail trail;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final Stays stays;
  private final long least;
  private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
    Thread thread = new Thread(task, "space-watch");
    thread.setDaemon(true);
    return thread;
  });

  /** @param reserveBytes free space that a restore leaves */
  SpaceWatch(Trail trail, Sandbox sandbox, StateDirectory state, Stays stays, long reserveBytes) {
    this.trail = trail;
    this.sandbox = sandbox;
    this.state = state;
    this.stays = stays;
    this.least = reserveBytes / 2;
    looking.scheduleWithFixedDelay(this::look, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      if (Files.getFileStore(state.path()).getUsableSpace() < least) {
        youngestAtWork().ifPresent(this::end);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the free space could not be looked at, or not be kept free: {}", e.toString());
    }
  }

  /** The one that began last has done least; if that is not enough, the next look ends the next. */
  private Optional<Stay> youngestAtWork() {
    return stays.all().stream()
        .sorted(Comparator.comparing(RunId::value).reversed())
        .flatMap(run -> stays.find(run).stream())
        .filter(stay -> !stay.cutOff() && sandbox.running(stay.machine()))
        .findFirst();
  }

  private void end(Stay stay) {
    stay.cutOffNow();
    Finding finding = Finding.of(Reason.DISK_FULL, String.format(Locale.ROOT,
        "the restored server filled the disk: less than %,d bytes were left on the file system of %s", least, state.path()));
    // First, so that this is found before whatever the end of the server looks like.
    try {
      Evidence.Found.of(finding).record(trail, stay.run());
    } finally {
      sandbox.destroy(stay.machine());
    }
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
