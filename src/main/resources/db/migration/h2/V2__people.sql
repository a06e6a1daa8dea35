-- What a person accepted of a stale backup until a time; bound to the backup itself, not to its path.
create table pgproof_waiver (
  id bigint generated always as identity primary key,
  backup varchar(100) not null,
  run varchar(20) not null,
  valid_until timestamp(6) with time zone not null,
  granted_by varchar(255) not null,
  reason varchar(2000) not null
);
create index pgproof_waiver_backup on pgproof_waiver (backup, valid_until);
create trigger pgproof_waiver_insert_only before update, delete on pgproof_waiver
  for each row call 'io.pgproof.audit.RefuseChange';

-- Each verdict in few words, to show what became of a target before.
create table pgproof_verdict (
  id bigint generated always as identity primary key,
  backup_key varchar(64) not null,
  run varchar(20) not null,
  at timestamp(6) with time zone not null,
  verdict varchar(20) not null,
  reason varchar(50) not null
);
create index pgproof_verdict_backup_key on pgproof_verdict (backup_key, id);
create trigger pgproof_verdict_insert_only before update, delete on pgproof_verdict
  for each row call 'io.pgproof.audit.RefuseChange';
