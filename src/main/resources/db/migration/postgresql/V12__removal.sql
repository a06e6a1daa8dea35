-- Evidence that was removed after its time. A removal is the entry of the evidence that names, signed, what was removed; the leaves
-- of the removed entries stay in pgproof_log. The rows here are what lets the trigger on pgproof_evidence pass a deletion.
create table pgproof_removal (
  entry bigint primary key,
  at timestamp(6) with time zone not null,
  export_sha256 varchar(64) not null
);
create table pgproof_removed (
  first_position bigint primary key,
  last_position bigint not null,
  entry bigint not null,
  check (last_position >= first_position)
);
-- Runs without evidence; how many due times it said were missed. Their rows in pgproof_run stay, and cannot be derived again.
create table pgproof_removed_run (
  run varchar(20) primary key,
  entry bigint not null,
  missed integer not null
);
create trigger pgproof_removal_insert_only before update or delete or truncate on pgproof_removal
  for each statement execute function pgproof_refuse_change();
create trigger pgproof_removed_insert_only before update or delete or truncate on pgproof_removed
  for each statement execute function pgproof_refuse_change();
create trigger pgproof_removed_run_insert_only before update or delete or truncate on pgproof_removed_run
  for each statement execute function pgproof_refuse_change();
revoke update, delete, truncate on pgproof_removal, pgproof_removed, pgproof_removed_run from public, current_user;

drop trigger pgproof_evidence_insert_only on pgproof_evidence;
create trigger pgproof_evidence_insert_only before update or truncate on pgproof_evidence
  for each statement execute function pgproof_evidence_refuse_change();
create function pgproof_evidence_refuse_removal() returns trigger language plpgsql as $$
begin
  if old.id in (
      select l.entry from pgproof_log l
      where l.entry = old.id and l.position <= (
        select r.last_position from pgproof_removed r
        where r.first_position <= l.position order by r.first_position desc limit 1)) then
    return old;
  end if;
  raise exception 'pgproof_evidence is insert-only: entries are never changed or removed' using errcode = '42501';
end
$$;
create trigger pgproof_evidence_named_removal before delete on pgproof_evidence
  for each row execute function pgproof_evidence_refuse_removal();

-- The program's role has no right to delete evidence; this function has it for the entries that a removal names, and only while it
-- works.
create function pgproof_remove_evidence(removal bigint) returns bigint
  language plpgsql security definer set search_path from current as $$
declare
  removed bigint;
begin
  if not exists (
      select 1 from pgproof_evidence e join pgproof_log l on l.entry = e.id
      where e.id = removal and e.kind = 'EvidenceRemoved' and e.run is null) then
    raise exception 'entry % is no removal that the evidence log has', removal using errcode = '42501';
  end if;
  grant delete on pgproof_evidence to current_user;
  delete from pgproof_evidence e using pgproof_log l, pgproof_removed r
    where r.entry = removal and l.position between r.first_position and r.last_position and e.id = l.entry;
  get diagnostics removed = row_count;
  revoke delete on pgproof_evidence from current_user;
  return removed;
end
$$;
revoke execute on function pgproof_remove_evidence(bigint) from public;
