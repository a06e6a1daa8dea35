-- The trigger below passes no deletion of an entry that no removal names. H2 refuses to truncate the table, as long as
-- pgproof_removal refers to it.
execute immediate (
  select 'alter table pgproof_log drop constraint "' || r.constraint_name || '"'
  from information_schema.referential_constraints r
  join information_schema.table_constraints t
    on t.constraint_schema = r.constraint_schema and t.constraint_name = r.constraint_name
  where t.table_schema = current_schema and t.table_name = 'PGPROOF_LOG');

-- Evidence that was removed after its time. A removal is the entry of the evidence that names, signed, what was removed; the leaves
-- of the removed entries stay in pgproof_log. The rows here are what lets the trigger on pgproof_evidence pass a deletion.
create table pgproof_removal (
  entry bigint primary key references pgproof_evidence (id),
  at timestamp(6) with time zone not null,
  export_sha256 varchar(64) not null
);
create table pgproof_removed (
  first_position bigint primary key,
  last_position bigint not null,
  entry bigint not null references pgproof_removal (entry),
  check (last_position >= first_position)
);
-- Runs without evidence; how many due times it said were missed. Their rows in pgproof_run stay, and cannot be derived again.
create table pgproof_removed_run (
  run varchar(20) primary key,
  entry bigint not null references pgproof_removal (entry),
  missed integer not null
);
create trigger pgproof_removal_insert_only before update, delete on pgproof_removal
  for each row call 'io.pgproof.audit.RefuseChange';
create trigger pgproof_removed_insert_only before update, delete on pgproof_removed
  for each row call 'io.pgproof.audit.RefuseChange';
create trigger pgproof_removed_run_insert_only before update, delete on pgproof_removed_run
  for each row call 'io.pgproof.audit.RefuseChange';

drop trigger pgproof_evidence_insert_only;
create trigger pgproof_evidence_insert_only before update, delete on pgproof_evidence
  for each row call 'io.pgproof.audit.RefuseUnnamedRemoval';
