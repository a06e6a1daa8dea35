package io.pgproof.evidence.anchor;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.HostPrograms;
import io.pgproof.evidence.AnchorHistory;
import io.pgproof.evidence.AnchorHistory.Anchored;
import io.pgproof.evidence.AnchorHistory.Past;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.UnanchoredEntries;
import io.pgproof.notify.LimitedHttp;
import io.pgproof.target.Anchoring;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Anchors the evidence log when it is due, in each way that the configuration names. What was tried
 * and when is in the evidence, so a restart forgets nothing. Thread-safe.
 *
 * <p>A way is due at once if its last anchor was with another recipient or there is none, then by
 * the schedule, and after a failure again and again in growing gaps.
 */
public final class Anchors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Anchors.class);
  private static final List<Duration> GAPS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(6));

  /** A time that is further ahead was taken from a clock that was wrong. */
  private static final Duration AHEAD = Duration.ofMinutes(10);

  private static final Duration PROGRAM_LIMIT = Duration.ofMinutes(2);

  /** How long an authority may take. */
  public static final Duration AUTHORITY_LIMIT = Duration.ofSeconds(30);

  /** Longer than any way takes by its own limits. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final EvidenceLog evidenceLog;
  private final EvidenceSequencer sequencer;
  private final UnanchoredEntries unanchored;
  private final AnchorHistory history;
  private final TransactionTemplate transactions;
  private final CurrentConfiguration configuration;
  private final Function<Anchoring, List<Way>> ways;
  private final Duration limit;
  private final Clock clock;
  private final AnchorAlarm alarm;

  /** By recipient: when an anchor was due, and there was nothing to anchor. */
  private final Map<String, Instant> nothingNew = new HashMap<>();

  private final Lock checking = new ReentrantLock();

  /**
   * What is outside of this process is done in threads of their own, because only those may be
   * interrupted: an interrupt in a query would close the embedded database. A thread that an
   * interrupt does not end, such as one that reads from a dead mount, is left behind. As long as it
   * hangs, nothing more is given to the same recipient, so there is one of them for each at most.
   */
  private final ExecutorService outside =
      Executors.newCachedThreadPool(
          work -> {
            Thread made = new Thread(work, "anchor");
            made.setDaemon(true);
            return made;
          });

  /** Recipients to whom something is being given. */
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Future<ServerEvent> given;

  /**
   * @param directory that keeps time stamps; need not exist
   */
  public Anchors(
      DataSource database,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      CurrentConfiguration configuration,
      HostPrograms programs,
      LimitedHttp http,
      Path directory,
      Clock clock,
      AnchorAlarm alarm) {
    this(
        database,
        evidenceLog,
        sequencer,
        configuration,
        anchoring -> ways(anchoring, programs, http, directory),
        LIMIT,
        clock,
        alarm);
  }

  /**
   * @param ways returns those that a configuration names
   * @param limit how long any way may take
   */
  Anchors(
      DataSource database,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      CurrentConfiguration configuration,
      Function<Anchoring, List<Way>> ways,
      Duration limit,
      Clock clock,
      AnchorAlarm alarm) {
    this.evidenceLog = evidenceLog;
    this.sequencer = sequencer;
    this.unanchored = new UnanchoredEntries(database);
    this.history = new AnchorHistory(evidenceLog);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    this.configuration = configuration;
    this.ways = ways;
    this.limit = limit;
    this.clock = clock;
    this.alarm = alarm;
  }

  private static List<Way> ways(
      Anchoring anchoring, HostPrograms programs, LimitedHttp http, Path directory) {
    List<Way> ways = new ArrayList<>();
    if (!anchoring.command().isEmpty()) {
      ways.add(new ToCommand(programs, anchoring.command(), PROGRAM_LIMIT));
    }
    anchoring
        .authority()
        .ifPresent(
            address ->
                ways.add(new ToAuthority(http, address, anchoring.authorities(), directory)));
    return ways;
  }

  /** Returns how each configured way stands. */
  public List<AnchorState> states() {
    return ways.apply(configuration.get().anchoring()).stream().map(this::state).toList();
  }

  private AnchorState state(Way way) {
    Past past = history.of(way.name());
    return new AnchorState(
        way.name(),
        way.where(),
        past.last().map(Anchored::at),
        past.last().map(last -> last.event().size()).orElse(0L),
        past.late(),
        past.lastFailure().map(failure -> failure.event().because()));
  }

  /** Anchors the log in each way that is due, and gives the alarm for each that is late. */
  public void check() {
    checking.lock();
    try {
      Anchoring anchoring = configuration.get().anchoring();
      for (Way way : ways.apply(anchoring)) {
        if (isDue(way, anchoring.schedule())) {
          anchor(way);
        }
        if (!outside.isShutdown()) {
          checkLate(way, anchoring.schedule());
        }
      }
    } finally {
      checking.unlock();
    }
  }

  private boolean isDue(Way way, Schedule schedule) {
    Instant now = clock.instant();
    Past past = history.of(way.name()).with(way.where());
    if (past.lastFailure().isPresent()) {
      Instant failed = past.lastFailure().get().at();
      Duration gap = GAPS.get(Math.min(past.failures().size(), GAPS.size()) - 1);
      return isAhead(failed, now) || !now.isBefore(failed.plus(gap));
    }
    Optional<Instant> looked =
        Stream.concat(
                past.last().map(Anchored::at).stream(),
                Stream.ofNullable(nothingNew.get(way.where())))
            .filter(at -> !isAhead(at, now))
            .max(Comparator.naturalOrder());
    return looked.isEmpty() || !now.isBefore(schedule.nextAfter(looked.get()));
  }

  private static boolean isAhead(Instant time, Instant now) {
    return time.isAfter(now.plus(AHEAD));
  }

  private Optional<Instant> firstUnanchored(Past past) {
    return unanchored.first(past.last().map(last -> last.event().size()).orElse(0L));
  }

  private void anchor(Way way) {
    sequencer.take(false);
    Optional<String> checkpoint = sequencer.checkpoint();
    if (checkpoint.isEmpty()) {
      // The sequencer has said why.
      return;
    }
    Past past = history.of(way.name());
    if (firstUnanchored(past.with(way.where())).isEmpty()) {
      nothingNew.put(way.where(), clock.instant());
      LOG.info(
          "the evidence log is not anchored with {}: it has nothing new since the last anchor",
          way.where());
      return;
    }
    ServerEvent event;
    try {
      event = give(way, checkpoint.get());
    } catch (InterruptedException | CancellationException | RejectedExecutionException e) {
      LOG.info("the anchor with {} was broken off, because pgproof stops", way.where());
      return;
    }
    if (event instanceof LogAnchored anchored) {
      event = kept(way, anchored);
    }
    if (event instanceof LogAnchored anchored) {
      transactions.executeWithoutResult(
          transaction -> {
            anchored.record(evidenceLog, EvidenceLog.PGPROOF);
            if (past.late()) {
              alarm.recovered(anchored);
            }
          });
    } else if (outside.isShutdown()) {
      // The interrupt that ends it can look like a failure.
      LOG.info("the anchor with {} was broken off, because pgproof stops", way.where());
    } else {
      LOG.warn("pgproof {}; it will try again", event.describe());
      event.record(evidenceLog, EvidenceLog.PGPROOF);
    }
  }

  private static ServerEvent kept(Way way, LogAnchored anchored) {
    try {
      way.keep(anchored);
      return anchored;
    } catch (IOException e) {
      return failed(way, "its answer could not be stored: " + e.getMessage());
    }
  }

  /**
   * @throws InterruptedException when this is closed; also {@link CancellationException} and {@link
   *     RejectedExecutionException}
   */
  private ServerEvent give(Way way, String checkpoint) throws InterruptedException {
    String recipient = way.name() + " " + way.where();
    if (underWay.contains(recipient)) {
      return failed(
          way,
          "an earlier attempt still hangs and cannot be cancelled, so no other was started:"
              + " make available what it waits for, such as a network file system, or restart pgproof");
    }
    Future<ServerEvent> given =
        outside.submit(
            () -> {
              underWay.add(recipient);
              try {
                return way.give(checkpoint);
              } finally {
                underWay.remove(recipient);
              }
            });
    this.given = given;
    if (outside.isShutdown()) {
      given.cancel(true);
    }
    try {
      return given.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      return failed(way, String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      given.cancel(true);
      return failed(way, "it did not end within " + limit.toSeconds() + " s");
    }
  }

  private static ServerEvent failed(Way way, String because) {
    return new ServerEvent.AnchorFailed(way.name(), way.where(), because, null);
  }

  /**
   * Gives the alarm when two due times have passed since there was something to anchor, and the log
   * could not be anchored.
   */
  private void checkLate(Way way, Schedule schedule) {
    Past past = history.of(way.name());
    Optional<Instant> first = firstUnanchored(past);
    if (past.late() || past.failures().isEmpty() || first.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    Instant failing = past.failures().get(0).at();
    Optional<Instant> since =
        Stream.of(past.last().map(Anchored::at).orElse(failing), first.get())
            .filter(at -> !isAhead(at, now))
            .max(Comparator.naturalOrder())
            .or(() -> Optional.of(failing).filter(at -> !isAhead(at, now)));
    if (since.isEmpty() || now.isBefore(schedule.nextAfter(schedule.nextAfter(since.get())))) {
      return;
    }
    ServerEvent.AnchorLate event =
        new ServerEvent.AnchorLate(
            way.name(),
            way.where(),
            past.last().map(Anchored::at).orElse(null),
            past.lastFailure().orElseThrow().event().because());
    LOG.error("pgproof {}", event.describe());
    transactions.executeWithoutResult(
        transaction -> {
          event.record(evidenceLog, EvidenceLog.PGPROOF);
          alarm.late(event);
        });
  }

  /**
   * Breaks off an anchor that is under way; nothing is recorded about it. It waits 10 s at most.
   */
  @Override
  public void close() {
    outside.shutdownNow();
    Future<ServerEvent> broken = given;
    if (broken != null) {
      broken.cancel(true);
    }
    try {
      if (checking.tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        checking.unlock();
      } else {
        LOG.warn("the check of the anchors did not end within {} s", CLOSE_LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
