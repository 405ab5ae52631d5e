-- Environments that wait for the App's word. A run that is run again asks anew, with a deployment of its own. Rows are
-- kept after the word: they say which commits passed here.
create table gates (
  repository text not null,
  run_id bigint not null,
  environment text not null,
  deployment_id bigint not null,
  sha text not null,
  installation_id bigint not null,
  -- Branch, default branch and sender as the event gave them, for a decision that is made again.
  origin jsonb not null,
  requested_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'answered', 'expired')),
  -- Written before it is sent; it counts once the state is "answered".
  answer text check (answer in ('approved', 'rejected')),
  answered_at timestamptz,
  reports integer not null default 0,
  last_comment text,
  primary key (repository, run_id, environment, deployment_id)
);
create index gates_waiting on gates (repository, environment) where state = 'waiting';
create index gates_passed on gates (repository, environment, sha) where answer = 'approved';
