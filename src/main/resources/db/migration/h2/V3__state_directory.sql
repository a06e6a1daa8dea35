-- The one state directory that this database belongs to.
create table pgproof_state_directory (
  one smallint default 1 primary key check (one = 1),
  identity varchar(36) not null,
  place varchar(4200) not null
);
