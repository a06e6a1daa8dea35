package io.pgproof.evidence.retention;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.log.LogRemoval;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Finds the entries that may go: of whole runs and controls that have ended, and of log-ins and
 * refusals, if all of it was recorded before a time. What something still needs stays.
 *
 * <p>It looks at the state of one moment; runs that begin later are not affected.
 */
final class RemovableEntries {
  private static final String ASKED = Evidence.kind(Evidence.Asked.class);
  private static final List<String> BEGINNINGS =
      List.of(ASKED, Evidence.kind(Evidence.ControlAsked.class));
  private static final List<String> ENDS =
      List.of(
          Evidence.kind(Evidence.VerdictReached.class), Evidence.kind(Evidence.ControlEnded.class));

  /** Where the process of the reviews waits if the configuration asks for them. */
  private static final String REVIEW_DUE = "reviewDue";

  /** The last run of each backup, and the last one that proved it. */
  private static final List<String> LAST_VERDICTS =
      List.of(
          "select run from pgproof_verdict where id in (select max(id) from pgproof_verdict group by backup_key)",
          "select run from pgproof_verdict where id in"
              + " (select max(id) from pgproof_verdict where verdict = 'proven' group by backup_key)",
          "select run from pgproof_run_target where run is not null");

  private static final String RUNS =
      "select e.id, e.run, e.at, e.kind, e.schema_version, e.actor, e.body from pgproof_evidence e"
          + " where e.kind = :beginning and e.id > :after and e.id < :bound"
          // All of it is old, and it has ended.
          + " and not exists (select 1 from pgproof_evidence x where x.run = e.run and x.id >= :bound)"
          + " and exists (select 1 from pgproof_evidence x where x.run = e.run and x.kind in (:ends))"
          // The export has all of it.
          + " and not exists (select 1 from pgproof_evidence x left join pgproof_log l on l.entry = x.id"
          + " where x.run = e.run and (l.position is null or l.position >= :exported))"
          // Nobody is asked about the backup, and no waiver of it is in force.
          + " and not exists (select 1 from pgproof_run r join pgproof_open_task t on t.backup_key = r.backup_key"
          + " where r.run = e.run)"
          + " and not exists (select 1 from pgproof_run r where r.run = e.run and r.waived_until > :now)"
          + " and not exists (select 1 from pgproof_waiver w where w.run = e.run and w.valid_until > :now)"
          // The engine has no process of it any more.
          + " and not exists (select 1 from act_ru_execution x where x.business_key_ = e.run)"
          + " order by e.kind, e.id fetch first "
          + "%d rows only";

  private final JdbcTemplate jdbc;
  private final NamedParameterJdbcTemplate named;
  private final EvidenceLog evidenceLog;

  RemovableEntries(DataSource database, EvidenceLog evidenceLog) {
    this.jdbc = new JdbcTemplate(database);
    this.named = new NamedParameterJdbcTemplate(jdbc);
    this.evidenceLog = evidenceLog;
  }

  /**
   * What may go.
   *
   * @param bound all entries with lower ids were recorded before the time
   * @param exported positions below this one are in the export
   * @param kept runs and controls that stay, whatever their age
   */
  record Limits(long bound, long exported, Instant now, Set<RunId> kept) {}

  /**
   * Some runs or events that may go.
   *
   * @param next beginnings with higher ids were not looked at
   */
  record Batch(List<Long> positions, int runs, long next) {}

  /**
   * Returns the limits.
   *
   * @param before the time, or an earlier one if a review is or will be about what follows
   */
  Limits limits(Instant before, long exported, Instant now) {
    Set<RunId> kept = new HashSet<>(new LastControls(evidenceLog).needed());
    for (String last : LAST_VERDICTS) {
      jdbc.queryForList(last, String.class).forEach(run -> kept.add(new RunId(run)));
    }
    List<Long> bound =
        jdbc.queryForList(
            "select id from pgproof_evidence where at >= ? order by id fetch first 1 row only",
            Long.class,
            time(before));
    return new Limits(bound.isEmpty() ? Long.MAX_VALUE : bound.get(0), exported, now, kept);
  }

  /** Returns the time, or the beginning of the first open or planned review if that is earlier. */
  Instant beforeReviews(Instant before, Instant now) {
    ReviewHistory history = new ReviewHistory(evidenceLog);
    Stream<DayPeriod> open =
        history.all().stream()
            .filter(review -> review.decided().isEmpty())
            .map(ReviewHistory.Review::period)
            .filter(period -> engineHas("business_key_", period.key()));
    Stream<DayPeriod> planned =
        history.next(now).stream().filter(period -> engineHas("act_id_", REVIEW_DUE));
    return Stream.concat(open, planned)
        .map(DayPeriod::begin)
        .reduce(before, (one, other) -> one.isBefore(other) ? one : other);
  }

  /** Returns when the first entry at this position of the log or a later one was recorded. */
  Optional<Instant> recordedFrom(long position) {
    return jdbc
        .queryForList(
            "select e.at from pgproof_log l join pgproof_evidence e on e.id = l.entry"
                + " where l.position >= ? order by l.position fetch first 1 row only",
            OffsetDateTime.class,
            position)
        .stream()
        .findFirst()
        .map(OffsetDateTime::toInstant);
  }

  /** Returns whether the engine was ever started; without it, there are no runs. */
  boolean engineExists() {
    return Boolean.TRUE.equals(
        jdbc.execute(
            (ConnectionCallback<Boolean>)
                connection -> {
                  for (String name : List.of("act_ru_execution", "ACT_RU_EXECUTION")) {
                    try (var tables = connection.getMetaData().getTables(null, null, name, null)) {
                      if (tables.next()) {
                        return true;
                      }
                    }
                  }
                  return false;
                }));
  }

  private boolean engineHas(String column, String value) {
    return !jdbc.queryForList(
            "select 1 from act_ru_execution where " + column + " = ? fetch first 1 row only",
            Integer.class,
            value)
        .isEmpty();
  }

  /** Returns the kinds of entries with which runs and controls begin. */
  static List<String> beginnings() {
    return BEGINNINGS;
  }

  /** Returns the next runs or controls, and the positions of all their entries. */
  Batch runs(Limits limits, String beginning, long after, int most) {
    List<EvidenceEntry> found =
        named.query(
            RUNS.formatted(most),
            Map.of(
                "beginning",
                beginning,
                "after",
                after,
                "bound",
                limits.bound(),
                "ends",
                ENDS,
                "exported",
                limits.exported(),
                "now",
                time(limits.now())),
            (row, number) ->
                new EvidenceEntry(
                    row.getLong("id"),
                    new RunId(row.getString("run")),
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    row.getString("kind"),
                    row.getInt("schema_version"),
                    row.getString("actor"),
                    row.getString("body")));
    if (found.isEmpty()) {
      return new Batch(List.of(), 0, Long.MAX_VALUE);
    }
    Set<String> runs =
        found.stream()
            .filter(entry -> !limits.kept().contains(entry.run()))
            .filter(entry -> !isOfKeptControl(entry, limits))
            .map(entry -> entry.run().value())
            .collect(Collectors.toSet());
    long next = found.get(found.size() - 1).id();
    return new Batch(runs.isEmpty() ? List.of() : positions(runs), runs.size(), next);
  }

  private static boolean isOfKeptControl(EvidenceEntry entry, Limits limits) {
    if (!entry.kind().equals(ASKED)) {
      return false;
    }
    Evidence.ControlRun control = ((Evidence.Asked) Evidence.read(entry)).control();
    return control != null && limits.kept().contains(new RunId(control.control()));
  }

  private List<Long> positions(Set<String> runs) {
    return named.queryForList(
        "select l.position from pgproof_evidence e join pgproof_log l on l.entry = e.id where e.run in (:runs)"
            + " order by l.position",
        Map.of("runs", runs),
        Long.class);
  }

  /** Returns the next positions of log-ins and refusals. */
  List<Long> events(Limits limits, long after, int most) {
    List<Long> positions = new ArrayList<>();
    for (String kind : LogRemoval.serverKinds()) {
      positions.addAll(
          named.queryForList(
              "select l.position from pgproof_evidence e join pgproof_log l on l.entry = e.id"
                  + " where e.kind = :kind and e.run is null and e.id < :bound and l.position < :exported"
                  + " and l.position > :after order by l.position fetch first "
                  + most
                  + " rows only",
              Map.of(
                  "kind",
                  kind,
                  "bound",
                  limits.bound(),
                  "exported",
                  limits.exported(),
                  "after",
                  after),
              Long.class));
    }
    return positions.stream().sorted().limit(most).toList();
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
