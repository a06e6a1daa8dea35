package io.pgproof.monitoring;

import java.util.List;
import java.util.Locale;

/**
 * The metrics of pgproof, as {@code docs/monitoring.md} lists them. A time is a timestamp and not
 * an age, because an age that is no longer updated looks fresh. No label holds a path or a run.
 */
enum Metric {
  TARGET_LAST_PROVEN(
      "pgproof_target_last_proven_timestamp_seconds",
      Kind.GAUGE,
      "when the target was last proven; 0 if never",
      Label.TARGET),
  TARGET_PROVE_BY(
      "pgproof_target_prove_by_timestamp_seconds",
      Kind.GAUGE,
      "when the target should have been proven again: at the second due time of its schedule after it was last proven, or without"
          + " a schedule 8 days after; 0 if it was never proven",
      Label.TARGET),
  TARGET_LAST_VERDICT(
      "pgproof_target_last_verdict_timestamp_seconds",
      Kind.GAUGE,
      "when the last run of the target reached its verdict; 0 if none did",
      Label.TARGET),
  TARGET_VERDICT(
      "pgproof_target_verdict",
      Kind.GAUGE,
      "1 for the last verdict, 0 for the others",
      Label.TARGET,
      Label.VERDICT),
  TARGET_DATA_AGE(
      "pgproof_target_data_age_seconds",
      Kind.GAUGE,
      "age of the newest data at the last run that measured it; left out if none did",
      Label.TARGET),
  TARGET_MAX_AGE(
      "pgproof_target_max_age_seconds",
      Kind.GAUGE,
      "the target's limit for the age of the newest data (`max-age`)",
      Label.TARGET),
  TARGET_RESTORE_TIME(
      "pgproof_target_restore_time_seconds",
      Kind.GAUGE,
      "how long restore, start and recovery took in the last run that recovered the backup; left out if none did",
      Label.TARGET),
  TARGET_RTO_OBJECTIVE(
      "pgproof_target_rto_objective_seconds",
      Kind.GAUGE,
      "objective of the restore time in the last run; left out if there was none",
      Label.TARGET),
  TARGET_PHASE(
      "pgproof_target_phase_seconds",
      Kind.GAUGE,
      "duration of each phase of the last run with a verdict",
      Label.TARGET,
      Label.PHASE),
  TARGET_NEXT_DUE(
      "pgproof_target_next_due_timestamp_seconds",
      Kind.GAUGE,
      "when the target is due next by its schedule; 0 if that is not planned; left out without a schedule",
      Label.TARGET),
  TARGET_CONTROL(
      "pgproof_target_control_timestamp_seconds",
      Kind.GAUGE,
      "when the last negative control of the target ended, not counting those without a proven backup to damage; 0 if there"
          + " was none",
      Label.TARGET),
  TARGET_CONTROL_OUTCOME(
      "pgproof_target_control_outcome",
      Kind.GAUGE,
      "1 for the outcome of the check in the last negative control, 0 for the others of `caught`, `missed` and"
          + " `could-not-tell`; a control that could not tell does not replace an earlier outcome; left out if the check does not apply",
      Label.TARGET,
      Label.CHECK,
      Label.OUTCOME),
  TARGET_CONTROL_MISSED(
      "pgproof_target_control_missed",
      Kind.GAUGE,
      "number of checks with the outcome `missed`; any other number than 0 is the gravest alarm",
      Label.TARGET),
  TARGET_NEXT_CONTROL(
      "pgproof_target_next_control_timestamp_seconds",
      Kind.GAUGE,
      "when the next negative control of the target is due by its `control-schedule`; 0 if none is planned; left out without"
          + " a `control-schedule`",
      Label.TARGET),
  TARGET_CONTROL_BY(
      "pgproof_target_control_by_timestamp_seconds",
      Kind.GAUGE,
      "when negative controls should have tested all checks of the target again: the second due time of its"
          + " `control-schedule` after the control with the oldest of the outcomes; 0 if a check was never tested; left out without a `control-schedule`",
      Label.TARGET),
  RUNS(
      "pgproof_runs_total",
      Kind.COUNTER,
      "runs of the target with a verdict",
      Label.TARGET,
      Label.VERDICT,
      Label.REASON),
  SCHEDULE_MISSED(
      "pgproof_schedule_missed_total",
      Kind.COUNTER,
      "how often due times of the target were missed, because the server was down or busy or the run before had no verdict; counted a minute later",
      Label.TARGET),
  OPEN_TASKS(
      "pgproof_open_tasks", Kind.GAUGE, "tasks that wait for a person of the group", Label.GROUP),
  OPEN_TASK_OLDEST(
      "pgproof_open_task_oldest_timestamp_seconds",
      Kind.GAUGE,
      "when the task was opened that waits longest; 0 if none waits",
      Label.GROUP),
  INCIDENTS(
      "pgproof_incidents",
      Kind.GAUGE,
      "incidents of the process, which stand still until somebody retries them",
      Label.PROCESS),
  LEFTOVERS(
      "pgproof_leftovers",
      Kind.GAUGE,
      "files and containers that could not be removed at the last try"),
  LOG_SIZE("pgproof_log_size", Kind.GAUGE, "entries of the evidence log; counted once a minute"),
  LOG_ENTRIES_LOST(
      "pgproof_log_entries_lost_timestamp_seconds",
      Kind.GAUGE,
      "when the database was last found to have lost entries of the evidence log; 0 if never"),
  LOG_EXPORT(
      "pgproof_log_export_timestamp_seconds",
      Kind.GAUGE,
      "when the evidence log was last exported and the export verified; 0 if never"),
  ANCHOR(
      "pgproof_anchor_timestamp_seconds",
      Kind.GAUGE,
      "when the evidence log was last anchored in this configured way; 0 if never",
      Label.WAY),
  ANCHOR_LATE(
      "pgproof_anchor_late",
      Kind.GAUGE,
      "1 while the evidence log could not be anchored in this way in time",
      Label.WAY),
  HEALTH("pgproof_health", Kind.GAUGE, "1 while the check of the health is up", Label.CHECK),
  BUILD_INFO("pgproof_build_info", Kind.INFO, "1; the label names the version", Label.VERSION);

  private final String name;
  private final Kind kind;
  private final String meaning;
  private final List<Label> labels;

  Metric(String name, Kind kind, String meaning, Label... labels) {
    this.name = name;
    this.kind = kind;
    this.meaning = meaning;
    this.labels = List.of(labels);
  }

  enum Kind {
    /** A value of now. */
    GAUGE(""),
    /** A number that only grows. */
    COUNTER("_total"),
    /** Always 1: the labels are what it says. */
    INFO("_info");

    private final String ending;

    Kind(String ending) {
      this.ending = ending;
    }

    /** Returns how the name of a metric of this kind ends as it is served. */
    String ending() {
      return ending;
    }
  }

  enum Label {
    TARGET,
    VERDICT,
    REASON,
    PHASE,
    GROUP,
    PROCESS,
    WAY,
    CHECK,
    OUTCOME,
    VERSION;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the name as it is served. */
  String metricName() {
    return name;
  }

  Kind kind() {
    return kind;
  }

  /** Returns the description: one line without a full stop. */
  String meaning() {
    return meaning;
  }

  List<Label> labels() {
    return labels;
  }
}
