-- Failed deliveries that GitHub was asked to send again: each a few times, and then no more.
create table redeliveries (
  guid text primary key,
  asked integer not null,
  asked_at timestamptz not null
);
create index redeliveries_by_time on redeliveries (asked_at);
-- Where the last complete look into the delivery log ended.
create table sweeps (
  name text primary key,
  looked_back_to timestamptz not null
);
