-- The evidence log: each entry of the evidence is a leaf of a Merkle tree, in the order of their positions. A position without an
-- entry is one whose entry the database has lost; its leaf came from the tiles on disk. The foreign keys also let H2 refuse to
-- truncate the tables.
create table pgproof_log (
  position bigint primary key,
  entry bigint unique references pgproof_evidence (id),
  line_version smallint not null,
  leaf binary(32) not null
);
create trigger pgproof_log_insert_only before update, delete on pgproof_log
  for each row call 'io.pgproof.audit.RefuseChange';

-- What the log has signed. A checkpoint is over all positions up to the last one.
create table pgproof_log_checkpoint (
  last_position bigint primary key references pgproof_log (position),
  at timestamp(6) with time zone not null,
  note varchar(2000) not null
);
create trigger pgproof_log_checkpoint_insert_only before update, delete on pgproof_log_checkpoint
  for each row call 'io.pgproof.audit.RefuseChange';

-- Locked by the one process that adds to the log. No entry up to the settled one is looked for at each pass.
create table pgproof_log_head (
  one smallint default 1 primary key check (one = 1),
  settled bigint not null,
  last_position bigint references pgproof_log_checkpoint (last_position)
);
insert into pgproof_log_head (settled) values (0);
