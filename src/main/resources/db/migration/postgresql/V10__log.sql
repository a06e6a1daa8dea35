-- The evidence log: each entry of the evidence is a leaf of a Merkle tree, in the order of their positions. A position without an
-- entry is one whose entry the database has lost; its leaf came from the tiles on disk.
create table pgproof_log (
  position bigint primary key,
  entry bigint unique,
  line_version smallint not null,
  leaf bytea not null check (length(leaf) = 32)
);
create trigger pgproof_log_insert_only before update or delete or truncate on pgproof_log
  for each statement execute function pgproof_refuse_change();

-- What the log has signed. A checkpoint is over all positions up to the last one.
create table pgproof_log_checkpoint (
  last_position bigint primary key,
  at timestamp(6) with time zone not null,
  note varchar(2000) not null
);
create trigger pgproof_log_checkpoint_insert_only before update or delete or truncate on pgproof_log_checkpoint
  for each statement execute function pgproof_refuse_change();

-- Locked by the one process that adds to the log. No entry up to the settled one is looked for at each pass.
create table pgproof_log_head (
  one smallint default 1 primary key check (one = 1),
  settled bigint not null,
  last_position bigint
);
insert into pgproof_log_head (settled) values (0);

-- Beside the triggers: the program's own role has no right to change what it has recorded.
revoke update, delete, truncate on pgproof_evidence, pgproof_verdict, pgproof_waiver, pgproof_log, pgproof_log_checkpoint
  from public, current_user;
