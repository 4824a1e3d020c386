-- The outbox: every side effect is a row here, written in the batch of its cause and carried out by the job runner.

create table jobs (
  id text primary key,
  kind text not null,
  ref text not null,                 -- the id of what it is about; never a secret
  created_at integer not null,
  next_at integer not null,          -- not before this time
  lease_until integer not null default 0,
  attempts integer not null default 0,
  dead_at integer,                   -- given up; a person has to look
  error text                         -- why the last attempt failed
) strict, without rowid;

create index jobs_due on jobs (kind, next_at) where dead_at is null;

-- Rate limits, where there is no Durable Object: one row per key, which is an HMAC.
create table limits (
  key text primary key,
  tat_ms integer not null            -- theoretical arrival time in unix milliseconds; past it the row means nothing
) strict, without rowid;

create index limits_by_end on limits (tat_ms);
