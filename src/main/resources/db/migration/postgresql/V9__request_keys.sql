-- Keys that callers of the API sent with the start of a run, so that the same request does not start a second one.
create table pgproof_request_key (
  user_id varchar(255) not null,
  request_key varchar(64) not null,
  target varchar(63) not null,
  run varchar(20) not null,
  used_at timestamp(6) with time zone not null,
  primary key (user_id, request_key)
);
create index pgproof_request_key_used on pgproof_request_key (used_at);
