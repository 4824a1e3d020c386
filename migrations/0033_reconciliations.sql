-- What was compared with the payment provider, what differed, and what the operator looked at and did.
-- Times are unix seconds.

create table reconciliations (
  id text primary key,
  scope text not null check (scope in ('nightly', 'asked', 'full')),
  asked_by text not null,            -- the clock, the command line, or the operator's user name
  began_at integer not null,
  since integer not null,            -- changes from then on are looked for
  ended_at integer,
  stage text not null check (stage in ('events', 'subscriptions', 'ours', 'compare', 'done')),
  cursor text,                       -- where the stage goes on
  found integer not null default 0,  -- customers to compare
  compared integer not null default 0,
  repaired integer not null default 0,
  failed integer not null default 0  -- could not be compared
) strict, without rowid;

create index reconciliations_by_time on reconciliations (began_at);

-- Who is still to be compared. A row goes when that is done.
create table reconciliation_customers (
  reconciliation_id text not null,
  customer_id text not null,
  seen text,                         -- a subscription that the provider named with it
  had text,                          -- what we had before it was touched
  primary key (reconciliation_id, customer_id)
) strict, without rowid;

create table reconciliation_differences (
  reconciliation_id text not null,
  customer_id text not null,
  account_id text,                   -- null: nobody's here
  at integer not null,
  kind text not null check (kind in ('repaired', 'unknown', 'failed')),
  had text not null,
  has text not null,
  primary key (reconciliation_id, customer_id)
) strict, without rowid;

create index reconciliation_differences_by_time on reconciliation_differences (at);

-- What the operator looked at and did, for whoever asks later.
create table operator_log (
  id text primary key,
  at integer not null,
  operator text not null,            -- user name
  action text not null,
  account_id text,
  customer_id text,
  note text not null default ''      -- the operator's reason, in the operator's words
) strict, without rowid;

create index operator_log_by_account on operator_log (account_id, at);

-- The few jobs that a person has to look at.
create index jobs_dead on jobs (dead_at) where dead_at is not null;
