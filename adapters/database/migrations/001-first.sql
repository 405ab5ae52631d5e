-- Deliveries as GitHub sent them, each once. A lane is what has to stay in order: a pull request, a merge group, a run.
create table inbox (
  sequence bigint generated always as identity primary key,
  delivery_id text not null unique,
  event text not null,
  action text,
  installation_id bigint,
  repository text,
  lane text not null,
  payload text not null,
  received_at timestamptz not null default now(),
  state text not null default 'waiting' check (state in ('waiting', 'done', 'parked')),
  attempts integer not null default 0,
  not_before timestamptz,
  error text,
  finished_at timestamptz
);
-- Payloads are text of some 20 KB that nobody searches: stored as they are, beside the row.
alter table inbox alter column payload set storage external;
create index inbox_waiting on inbox (lane, sequence) where state = 'waiting';
create index inbox_parked on inbox (sequence) where state = 'parked';

-- What is done on GitHub and cannot be undone: intent before, result after.
create table effects (
  key text primary key,
  intended_at timestamptz not null default now(),
  done_at timestamptz
);

-- The ledger: one hash chain a stream. `line` is the event's canonical JSON to the byte.
create table ledger_events (
  repository text not null,
  stream text not null,
  sequence integer not null,
  hash text not null,
  kind text not null,
  actor text not null,
  at timestamptz not null,
  line text not null,
  primary key (repository, stream, sequence)
);

-- What was measured for a commit, as it was sent or read.
create table facts (
  repository text not null,
  sha text not null,
  source text not null,
  trusted boolean not null,
  body jsonb not null,
  received_at timestamptz not null default now(),
  primary key (repository, sha, source)
);

-- A projection of the ledger's decisions, for pages and lookups; it can be rebuilt from ledger_events.
create table decisions (
  repository text not null,
  decision_id text not null,
  head text,
  pull_request integer,
  environment text not null,
  decided_at timestamptz not null,
  document jsonb not null,
  primary key (repository, decision_id)
);
create index decisions_of_head on decisions (repository, head, environment);
create index decisions_by_time on decisions (decided_at desc);
