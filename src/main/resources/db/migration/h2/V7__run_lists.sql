-- Each condition of a list together with a person, or with a target and a verdict, has an index in the order of the list. The next
-- start fills the tables from the evidence.
drop table pgproof_run_person;
create table pgproof_run_person (
  person varchar(255) not null,
  run varchar(20) not null,
  asked_at timestamp(6) with time zone not null,
  target varchar(63),
  verdict varchar(20),
  reason varchar(50),
  primary key (run, person)
);
create index pgproof_run_person_asked on pgproof_run_person (person, asked_at desc, run desc);
create index pgproof_run_person_target on pgproof_run_person (person, target, asked_at desc, run desc);
create index pgproof_run_person_verdict on pgproof_run_person (person, verdict, asked_at desc, run desc);
create index pgproof_run_person_reason on pgproof_run_person (person, reason, asked_at desc, run desc);
create index pgproof_run_target_verdict on pgproof_run (target, verdict, asked_at desc, run desc);
create index pgproof_run_target_proven on pgproof_run (target, verdict, ended_at desc);
