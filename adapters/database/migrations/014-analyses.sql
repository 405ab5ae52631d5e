-- What controllers of rollouts ask about: a row is one comparison, which is one step of one rollout. Windows are asked of
-- the telemetry once and kept, so that whoever asks again, or after a crash, gets the same answer.
create table analyses (
  repository text not null,
  id text not null,
  -- Who is compared with whom in which rollout, without the step.
  run text not null,
  step integer not null,
  service text not null,
  environment text not null,
  -- When its windows end, fixed with the first ask whatever becomes of the policy.
  plan jsonb not null,
  asked_at timestamptz not null,
  -- Percent of the traffic from each moment on, as [seconds, percent].
  weights jsonb not null default '[]',
  measurements jsonb,
  -- Events of the whole service before the end of each window, which the error budget is counted from.
  counting jsonb not null default '{}',
  looked_to integer not null default 0,
  final text check (final in ('promote', 'rollback')),
  document jsonb,
  -- Where its end let a rollout go on to the next step.
  passed_at timestamptz,
  primary key (repository, id)
);
create index analyses_of_run on analyses (repository, run, step desc);
create index analyses_of_service on analyses (repository, service, environment, asked_at desc);
create index analyses_by_age on analyses (asked_at);
