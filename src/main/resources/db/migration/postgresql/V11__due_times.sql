-- When the schedule asked for a run, so that reports need not read the evidence of every run. The next start derives the rows again.
alter table pgproof_run add column due_since timestamp(6) with time zone;
alter table pgproof_run add column due_times integer;
alter table pgproof_run add column due_missed boolean;
alter table pgproof_run add column due_late_seconds bigint;
