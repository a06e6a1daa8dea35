package io.pgproof;

import io.pgproof.command.HostPrograms;
import io.pgproof.command.Trees;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.daemon.Daemon;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.image.BuiltImages;
import io.pgproof.image.Image;
import io.pgproof.image.TestImages;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Limits;
import io.pgproof.target.VerificationRequest.Queries;
import io.pgproof.target.VerificationRequest.Replay;
import io.pgproof.target.VerificationRequest.Resources;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * One daemon on a state directory of its own, its images and real backups, made once for all tests
 * that need them and removed when the last has run.
 */
public final class TestEnvironment implements LauncherSessionListener {
  private static final Map<Integer, Image> IMAGES = new HashMap<>();
  private static final Map<Integer, Path> BACKUPS = new ConcurrentHashMap<>();
  private static final HostPrograms PROGRAMS = new HostPrograms();
  private static StateDirectory state;
  private static Daemon daemon;

  /** The state directory; made at the first call. */
  public static synchronized StateDirectory state() {
    if (state == null) {
      try {
        state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
        Files.writeString(state.imageSources(), TestImages.configuration());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return state;
  }

  /** The daemon of {@link #state()}; started at the first call. */
  public static synchronized Daemon daemon() {
    if (daemon == null) {
      System.setProperty("pgproof.retry-cycle", "PT0.5S,PT0.5S");
      daemon = Daemon.start(Ownership.acquire(state()).orElseThrow(), false);
    }
    return daemon;
  }

  public static Sandbox sandbox() {
    return new LxcSandbox(PROGRAMS);
  }

  /** The image of this version, which {@link #state()} has from the first call on. */
  public static synchronized Image image(int major) {
    return IMAGES.computeIfAbsent(
        major,
        version -> {
          Sandbox sandbox = sandbox();
          try {
            TestImages.link(TestImages.of(version, sandbox.firstHostId()), state().images());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return new BuiltImages(
                  state().images(),
                  state().imageSources(),
                  sandbox::firstHostId,
                  PROGRAMS,
                  Clock.systemUTC())
              .find(version)
              .orElseThrow();
        });
  }

  /**
   * A state directory of its own that has the image of this version; the caller removes it, or
   * gives it to {@link #removeAndKeepImage}.
   */
  public static synchronized StateDirectory stateWithImage(int major) {
    Image image = image(major);
    try {
      StateDirectory own =
          new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
      Path kept = keptImage(image);
      if (Files.exists(kept)) {
        Files.createDirectory(own.images());
        Files.move(kept, own.images().resolve(image.key()));
      } else {
        TestImages.link(image, own.images());
      }
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Removes a state directory whose image of this version is unchanged or not there any more; the
   * next one gets it, because thousands of files take long to link and to remove.
   */
  public static synchronized void removeAndKeepImage(int major, StateDirectory own)
      throws IOException {
    Image image = image(major);
    Path used = own.images().resolve(image.key());
    Path kept = keptImage(image);
    if (Files.exists(used) && !Files.exists(kept)) {
      Files.createDirectories(kept.getParent());
      Files.move(used, kept);
    }
    Trees.remove(own.path());
  }

  private static Path keptImage(Image image) {
    return state().path().resolve("kept-images").resolve(image.key());
  }

  /** A source database of this version that the caller closes. */
  public static SourceDatabase source(int major, String name, SourceOptions options) {
    Path place = state().path().resolve("sources").resolve(name);
    return SourceDatabase.start(
        sandbox(), image(major), state().machinePrefix() + name, place, options);
  }

  /**
   * A sound tar backup by gzip, taken while orders came in; never to be changed, see {@link #copy}.
   */
  public static synchronized Path backup(int major) {
    return BACKUPS.computeIfAbsent(
        major,
        version -> {
          Path kept = state().path().resolve("backups").resolve("sound-" + version);
          try (SourceDatabase source =
              source(
                  version,
                  "source-" + version,
                  SourceOptions.standard().withBackupDirectory(kept))) {
            source.fill(20_000);
            try (OrderWriter writer = source.startWriter()) {
              // The more slowly until orders came in during the backup and recovery needs more than
              // one
              // segment.
              for (int rate = 16; rate > 0; rate /= 2) {
                long before = writer.writtenRows();
                Path backup = backUpFromSegmentToSegment(source, rate);
                if (writer.writtenRows() > before && segments(backup) > 3) {
                  return backup;
                }
                Trees.remove(backup);
              }
            }
            throw new IllegalStateException("no backup came about while orders came in");
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static Path backUpFromSegmentToSegment(SourceDatabase source, int rate)
      throws InterruptedException {
    Thread switching =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                source.switchWal();
                try {
                  Thread.sleep(300);
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    switching.start();
    try {
      return source.baseBackup(
          "backup", "--format=tar", "--wal-method=stream", "--gzip", "--max-rate=" + rate + "M");
    } finally {
      switching.interrupt();
      switching.join();
    }
  }

  private static long segments(Path backup) throws IOException {
    return Tars.names(backup.resolve("pg_wal.tar.gz")).stream()
        .filter(name -> name.matches("[0-9A-F]{24}"))
        .count();
  }

  /** A copy of a backup for the caller to damage, below {@code place}. */
  public static Path copy(Path backup, Path place) throws IOException {
    Path copy = Files.createDirectories(place.resolve("backup"));
    try (var files = Files.list(backup)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  /** What {@code verify PATH} asks for by default. */
  public static VerificationRequest request(Path backup) {
    return request(backup, SourceDatabase.FRESHNESS_QUERY);
  }

  public static VerificationRequest request(
      Path backup, String freshnessQuery, String... assertions) {
    return new VerificationRequest(
        Optional.empty(),
        backup,
        Depth.STANDARD,
        new VerificationRequest.Objectives(VerificationRequest.DEFAULT_MAX_AGE, Optional.empty()),
        new Queries(
            Optional.ofNullable(freshnessQuery),
            Queries.DEFAULT_DATABASE,
            ZoneOffset.UTC,
            List.of(assertions),
            Queries.DEFAULT_SUPERUSER),
        new Replay(Optional.empty(), Optional.empty()),
        new Limits(
            Limits.DEFAULT_RECOVERY_TIMEOUT,
            Timeouts.DEFAULT.stay(Limits.DEFAULT_RECOVERY_TIMEOUT),
            Timeouts.DEFAULT),
        Resources.DEFAULT,
        Duration.ZERO,
        VerificationRequest.Patience.DEFAULT,
        "tester");
  }

  /** The same request at another depth. */
  public static VerificationRequest at(Depth depth, VerificationRequest sound) {
    return RequestBuilder.from(sound).depth(depth).build();
  }

  /** The same request with other limits. */
  public static VerificationRequest within(Timeouts timeouts, VerificationRequest sound) {
    return RequestBuilder.from(sound).timeouts(timeouts).build();
  }

  /** The same request with other resources. */
  public static VerificationRequest with(Resources resources, VerificationRequest sound) {
    return RequestBuilder.from(sound).resources(resources).build();
  }

  /** The same request with its copy kept where it is not proven. */
  public static VerificationRequest keeping(Duration keep, VerificationRequest sound) {
    return RequestBuilder.from(sound).keep(keep).build();
  }

  /** Asks the daemon over its socket, as every command does. */
  public static Reply ask(Request request) {
    return ask(request, reply -> {});
  }

  public static Reply ask(Request request, Consumer<Reply> onTheWay) {
    daemon();
    try (ControlClient client = ControlClient.connect(state()).orElseThrow()) {
      return client.send(request, onTheWay).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the daemon verify a backup and returns the report. */
  public static Report verify(VerificationRequest request) {
    Reply reply = ask(new Request.Verify(request));
    if (reply instanceof Reply.Verdict verdict) {
      return verdict.report();
    }
    throw new AssertionError("no verdict but " + reply);
  }

  /**
   * A wait ends as soon as what it waits for is there; its limit is for a machine as slow as may
   * be.
   */
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(5));
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    try {
      if (daemon != null) {
        daemon.close();
      }
      if (state != null) {
        Trees.remove(state.path());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
