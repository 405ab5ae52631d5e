-- Tokens of programs that have no OIDC token. Only the SHA-256 is kept: what was given out cannot be read back.
create table service_tokens (
  id bigint generated always as identity primary key,
  hash text not null unique,
  name text not null,
  -- "owner/name" in lower case, or * for every repository that the App is installed on.
  repository text not null,
  -- Separated by spaces.
  scopes text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz
);

-- Answers to requests that carried an Idempotency-Key. Without a status the first request is still being answered.
create table idempotency_keys (
  caller text not null,
  key text not null,
  fingerprint text not null,
  claimed_at timestamptz not null,
  status integer,
  answer text,
  primary key (caller, key)
);
create index idempotency_keys_by_age on idempotency_keys (claimed_at);
