create table pgproof_evidence (
  id bigint generated always as identity primary key,
  run varchar(20) not null,
  at timestamp(6) with time zone not null,
  kind varchar(30) not null,
  actor varchar(255) not null,
  body text not null
);
create index pgproof_evidence_run on pgproof_evidence (run, id);
create index pgproof_evidence_kind on pgproof_evidence (kind, id);

create function pgproof_evidence_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'pgproof_evidence is insert-only: entries are never changed or removed' using errcode = '42501';
end
$$;
create trigger pgproof_evidence_insert_only before update or delete or truncate on pgproof_evidence
  for each statement execute function pgproof_evidence_refuse_change();

-- One open human task for one backup, whatever the number of runs that found it bad.
create table pgproof_open_task (
  backup_key varchar(64) primary key,
  run varchar(20) not null
);
