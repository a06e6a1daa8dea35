-- When the schedule asked for a run, so that reports need not read the evidence of every run. The next start derives the rows again.
alter table pgproof_run add column due_since timestamp(6) with time zone;
alter table pgproof_run add column due_times integer;
alter table pgproof_run add column due_missed boolean;
alter table pgproof_run add column due_late_seconds bigint;

-- A report reads a few columns of many runs, target by target, and the rows of a target lie far apart. So the indexes hold all of
-- these columns, and H2 does not look at the rows.
create index pgproof_run_report_ended on pgproof_run (target, ended_at, run, verdict, reason, asked_at, asked_by, depth,
  max_age_seconds, restore_objective_seconds, restore_time_millis, age_seconds);
create index pgproof_run_report_asked on pgproof_run (target, asked_at, run, ended_at, due_since, due_times, due_missed,
  due_late_seconds);
