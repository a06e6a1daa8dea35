-- Tokens of the API. The secret itself is not kept; its digest is enough to recognise it, because the secret is random.
create table pgproof_token (
  id varchar(8) primary key,
  secret_sha256 varchar(64) not null unique,
  name varchar(64) not null,
  user_id varchar(255) not null,
  scopes varchar(100) not null,
  created_at timestamp(6) with time zone not null,
  created_by varchar(255) not null,
  expires_at timestamp(6) with time zone not null,
  used_at timestamp(6) with time zone,
  used_from varchar(64),
  revoked_at timestamp(6) with time zone,
  revoked_by varchar(255)
);
create index pgproof_token_user on pgproof_token (user_id, created_at desc);
create index pgproof_token_created on pgproof_token (created_at desc);
