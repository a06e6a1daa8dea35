-- How the body of an entry is to be read; what was written before has the first schema of its kind.
alter table pgproof_evidence add column schema_version integer default 1 not null;
