-- What a request with an Idempotency-Key writes carries its nonce: whoever takes over from a process that died looks
-- for it first. A request that was let go failed after it may have written.
alter table idempotency_keys add column nonce text not null default '';
alter table idempotency_keys add column let_go boolean not null default false;

-- Who asked for what anybody may ask for, so that nobody makes the App write without end.
create table courtesies (
  repository text not null,
  pull_request integer not null,
  person text not null,
  comment bigint not null,
  at timestamptz not null,
  primary key (repository, pull_request, person, comment)
);
create index courtesies_by_time on courtesies (at);
