-- What the evidence says about each run, one row for each, so that pages need not read the evidence itself. All four tables can be
-- emptied: the next start fills them from the evidence.
create table pgproof_run (
  run varchar(20) primary key,
  target varchar(63),
  backup_key varchar(64) not null,
  path varchar(4200) not null,
  asked_at timestamp(6) with time zone not null,
  asked_by varchar(255) not null,
  depth varchar(20) not null,
  max_age_seconds bigint not null,
  restore_objective_seconds bigint,
  ended_at timestamp(6) with time zone,
  ended_day date,
  verdict varchar(20),
  reason varchar(50),
  fault varchar(20),
  message varchar(2000),
  total_millis bigint,
  inspect_millis bigint,
  image_millis bigint,
  restore_millis bigint,
  start_millis bigint,
  recover_millis bigint,
  check_millis bigint,
  teardown_millis bigint,
  restore_time_millis bigint,
  age_seconds bigint,
  backup_identity varchar(100),
  backup_path varchar(4200),
  backup_version varchar(20),
  system_identifier varchar(30),
  start_time timestamp(6) with time zone,
  start_lsn varchar(30),
  backup_bytes bigint,
  server_version varchar(50),
  waived_by varchar(255),
  waived_from timestamp(6) with time zone,
  waived_until timestamp(6) with time zone,
  decided_by varchar(255),
  decision varchar(50),
  decided_at timestamp(6) with time zone
);
create index pgproof_run_asked on pgproof_run (asked_at desc, run desc);
create index pgproof_run_target_asked on pgproof_run (target, asked_at desc, run desc);
create index pgproof_run_verdict on pgproof_run (verdict, asked_at desc, run desc);
create index pgproof_run_reason on pgproof_run (reason, asked_at desc, run desc);
create index pgproof_run_target_day on pgproof_run (target, ended_day, verdict);
create index pgproof_run_target_ended on pgproof_run (target, ended_at desc, run desc);
create index pgproof_run_target_backup on pgproof_run (target, backup_identity, ended_at desc, run desc);

-- Who asked for a run or decided in it.
create table pgproof_run_person (
  person varchar(255) not null,
  asked_at timestamp(6) with time zone not null,
  run varchar(20) not null
);
create unique index pgproof_run_person_asked on pgproof_run_person (person, asked_at desc, run desc);
create index pgproof_run_person_run on pgproof_run_person (run);

-- What the runs of each target add up to; the lists are packed.
create table pgproof_run_target (
  target varchar(63) primary key,
  run varchar(20),
  proven_at timestamp(6) with time zone,
  days_until date,
  days varchar(100),
  series varchar(4000)
);

-- How far the tables are filled from the evidence, and how their rows are derived from it.
create table pgproof_run_filled (
  one smallint default 1 primary key check (one = 1),
  derivation integer not null,
  asked_entry bigint not null,
  complete boolean not null
);
