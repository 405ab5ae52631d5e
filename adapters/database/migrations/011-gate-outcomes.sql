-- What policy itself let through, and what became of it: a way back goes only to what was both. What mere advice let
-- through proves nothing to a policy that enforces.
alter table gates add column within_policy boolean not null default false;
alter table gates add column outcome text check (outcome in ('success', 'failure'));
create index gates_answered on gates (repository, environment, answered_at desc) where state = 'answered';
