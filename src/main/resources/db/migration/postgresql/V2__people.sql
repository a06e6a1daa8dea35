create function pgproof_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is insert-only: entries are never changed or removed', tg_table_name using errcode = '42501';
end
$$;

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
create trigger pgproof_waiver_insert_only before update or delete or truncate on pgproof_waiver
  for each statement execute function pgproof_refuse_change();

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
create trigger pgproof_verdict_insert_only before update or delete or truncate on pgproof_verdict
  for each statement execute function pgproof_refuse_change();
