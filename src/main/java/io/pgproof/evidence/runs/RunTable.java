package io.pgproof.evidence.runs;

import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.runs.RunDerivation.Derived;
import io.pgproof.evidence.runs.RunSummary.Decision;
import io.pgproof.evidence.runs.RunSummary.KnownBackup;
import io.pgproof.evidence.runs.RunSummary.Outcome;
import io.pgproof.evidence.runs.RunSummary.Request;
import io.pgproof.evidence.runs.RunSummary.Waiver;
import io.pgproof.proof.Report.PhaseFacts;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Writes the rows of {@code pgproof_run} and {@code pgproof_run_person}. They are a cache of the
 * evidence: if {@code pgproof_run_filled} is empty, the next start derives all of them again,
 * except those of runs whose evidence was removed, which stay as they are.
 */
final class RunTable {
  /** The phases that have a column each, in their order. */
  static final List<String> PHASES =
      List.of("inspect", "image", "restore", "start", "recover", "check", "teardown");

  private final JdbcTemplate jdbc;

  RunTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Locks the rows of these runs until the end of the transaction, so that what is read afterwards
   * of their evidence includes everything that was committed for an earlier row.
   *
   * @return the runs that have a row
   */
  Set<RunId> lock(List<RunId> runs) {
    return jdbc
        .queryForList(
            "select run from pgproof_run where run in ("
                + "?, ".repeat(runs.size() - 1)
                + "?) order by run for update",
            String.class,
            runs.stream().map(RunId::value).toArray())
        .stream()
        .map(RunId::new)
        .collect(Collectors.toSet());
  }

  /** Writes the rows of runs that have none. */
  void insert(List<Derived> runs) {
    if (runs.isEmpty()) {
      return;
    }
    Set<String> columns = columns(runs.get(0)).keySet();
    jdbc.batchUpdate(
        "insert into pgproof_run ("
            + String.join(", ", columns)
            + ", run) values ("
            + "?, ".repeat(columns.size())
            + "?)",
        runs.stream().map(RunTable::values).toList());
    insertPeople(runs);
  }

  /** Writes the row of a run in place of the one that it has. */
  void update(Derived run) {
    jdbc.update(
        "update pgproof_run set "
            + columns(run).keySet().stream()
                .map(column -> column + " = ?")
                .collect(Collectors.joining(", "))
            + " where run = ?",
        values(run));
    jdbc.update("delete from pgproof_run_person where run = ?", run.summary().run().value());
    insertPeople(List.of(run));
  }

  private void insertPeople(List<Derived> runs) {
    List<@Nullable Object[]> people = new ArrayList<>();
    for (Derived run : runs) {
      Map<String, @Nullable Object> columns = columns(run);
      run.people().stream()
          .map(person -> Fitting.text(person, 255))
          .distinct()
          .forEach(
              person ->
                  people.add(
                      new @Nullable Object[] {
                        person,
                        run.summary().run().value(),
                        columns.get("asked_at"),
                        columns.get("target"),
                        columns.get("verdict"),
                        columns.get("reason")
                      }));
    }
    jdbc.batchUpdate(
        "insert into pgproof_run_person (person, run, asked_at, target, verdict, reason)"
            + " values (?, ?, ?, ?, ?, ?)",
        people);
  }

  /** Returns the values of the columns, and the run after them. */
  private static @Nullable Object[] values(Derived run) {
    List<@Nullable Object> values = new ArrayList<>(columns(run).values());
    values.add(run.summary().run().value());
    return values.toArray();
  }

  private static Map<String, @Nullable Object> columns(Derived derived) {
    RunSummary run = derived.summary();
    Map<String, @Nullable Object> columns = new LinkedHashMap<>();
    Request request = run.request();
    columns.put("target", request.target().orElse(null));
    columns.put("backup_key", request.backupKey());
    columns.put("path", Fitting.text(request.path(), 4200));
    columns.put("asked_at", time(request.at()));
    columns.put("asked_by", Fitting.text(request.by(), 255));
    columns.put("depth", request.depth().name().toLowerCase(Locale.ROOT));
    columns.put("max_age_seconds", request.maxAge().toSeconds());
    columns.put(
        "restore_objective_seconds",
        request.restoreObjective().map(Duration::toSeconds).orElse(null));
    Optional<Outcome> outcome = run.outcome();
    columns.put("ended_at", outcome.map(ended -> time(ended.at())).orElse(null));
    columns.put(
        "ended_day",
        outcome.map(ended -> LocalDate.ofInstant(ended.at(), ZoneOffset.UTC)).orElse(null));
    columns.put("verdict", outcome.map(ended -> ended.verdict().word()).orElse(null));
    columns.put("reason", outcome.map(ended -> ended.reason().code()).orElse(null));
    columns.put(
        "fault", outcome.map(ended -> ended.fault().name().toLowerCase(Locale.ROOT)).orElse(null));
    columns.put("message", outcome.map(ended -> Fitting.text(ended.message(), 2000)).orElse(null));
    columns.put("total_millis", outcome.map(ended -> ended.total().toMillis()).orElse(null));
    Map<String, Long> phases =
        outcome.stream()
            .flatMap(ended -> ended.phases().stream())
            .collect(Collectors.toMap(PhaseFacts::name, PhaseFacts::millis, Long::sum));
    PHASES.forEach(phase -> columns.put(phase + "_millis", phases.get(phase)));
    columns.put(
        "restore_time_millis",
        outcome.flatMap(Outcome::restoreTime).map(Duration::toMillis).orElse(null));
    columns.put("age_seconds", outcome.flatMap(Outcome::age).map(Duration::toSeconds).orElse(null));
    columns.put(
        "server_version",
        outcome
            .flatMap(Outcome::serverVersion)
            .map(version -> Fitting.text(version, 50))
            .orElse(null));
    put(columns, outcome.flatMap(Outcome::backup).orElse(null));
    put(columns, run.waiver().orElse(null));
    put(columns, run.decision().orElse(null));
    put(columns, derived.due().orElse(null));
    return columns;
  }

  private static void put(Map<String, @Nullable Object> columns, @Nullable KnownBackup backup) {
    columns.put("backup_identity", backup == null ? null : Fitting.text(backup.identity(), 100));
    columns.put("backup_path", backup == null ? null : Fitting.text(backup.path(), 4200));
    columns.put("backup_version", backup == null ? null : Fitting.text(backup.version(), 20));
    columns.put(
        "system_identifier", backup == null ? null : Fitting.text(backup.systemIdentifier(), 30));
    columns.put("start_time", backup == null ? null : time(Fitting.time(backup.startTime())));
    columns.put("start_lsn", backup == null ? null : Fitting.text(backup.startLsn(), 30));
    columns.put("backup_bytes", backup == null ? null : backup.bytes());
  }

  private static void put(Map<String, @Nullable Object> columns, @Nullable Waiver waiver) {
    columns.put("waived_by", waiver == null ? null : Fitting.text(waiver.by(), 255));
    columns.put("waived_from", waiver == null ? null : time(waiver.from()));
    columns.put("waived_until", waiver == null ? null : time(Fitting.time(waiver.until())));
  }

  private static void put(Map<String, @Nullable Object> columns, @Nullable Decision decision) {
    columns.put("decided_by", decision == null ? null : Fitting.text(decision.by(), 255));
    columns.put("decision", decision == null ? null : Fitting.text(decision.decision(), 50));
    columns.put("decided_at", decision == null ? null : time(decision.at()));
  }

  private static void put(Map<String, @Nullable Object> columns, Evidence.@Nullable Due due) {
    columns.put("due_since", due == null ? null : time(due.since()));
    columns.put("due_times", due == null ? null : due.times());
    columns.put("due_missed", due == null ? null : due.missed());
    columns.put("due_late_seconds", due == null ? null : due.late().toSeconds());
  }

  static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
