-- What happens to the server itself, such as a log-in, belongs to no run.
alter table pgproof_evidence alter column run drop not null;
