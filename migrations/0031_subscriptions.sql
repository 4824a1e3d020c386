-- Who pays for what. Stripe's word counts: these rows are what it said last, and what that grants.

create table customers (
  id text primary key,                       -- Stripe's
  account_id text not null unique references accounts (id),
  made_at integer not null,
  -- Whoever reads a customer at Stripe takes the next number first; only a higher number writes.
  taken_seq integer not null default 0,
  applied_seq integer not null default 0,
  lease_until integer not null default 0,    -- one reads and writes at a time
  fetched_at integer,                        -- when Stripe was read last
  deleted_at integer                         -- when it was found deleted at Stripe
) strict, without rowid;

-- A checkout that we sent somebody to. The id is the nonce and the idempotency key.
create table checkout_intents (
  id text primary key,
  account_id text not null references accounts (id),
  customer_id text not null references customers (id),
  price_id text not null,
  plan text not null,
  trial_days integer not null,
  made_at integer not null,
  session_id text,                           -- Stripe's, once it made one
  state text not null check (state in ('begun', 'open', 'completed', 'expired'))
) strict, without rowid;

create index checkout_intents_by_account on checkout_intents (account_id, made_at);

create table billing_subscriptions (
  id text primary key,                       -- Stripe's
  customer_id text not null references customers (id),
  account_id text not null references accounts (id),
  status text not null,                      -- Stripe's word
  price_id text not null,
  plan text,                                 -- null: we sell no such thing
  amount integer,                            -- in the smallest unit
  currency text not null,
  interval text not null,                    -- month or year
  period_ends_at integer,
  trial_ends_at integer,
  cancel_at integer,
  cancel_at_period_end integer not null,
  canceled_at integer,
  ended_at integer,
  made_at integer not null,
  past_due_since integer,
  payment text not null check (payment in ('good', 'refunded', 'disputed', 'lost')),
  is_accepted integer not null,              -- 1: from a checkout of ours that was paid for
  seq integer not null                       -- the number under which it was read
) strict, without rowid;

create index billing_subscriptions_by_customer on billing_subscriptions (customer_id);
create index billing_subscriptions_by_status on billing_subscriptions (status, made_at);

-- What an account has. No row is the free plan.
create table entitlements (
  account_id text primary key references accounts (id),
  plan text not null,                        -- empty: the free one
  access text not null check (access in ('none', 'past_due', 'full')),
  until integer,                             -- ends by the clock
  subscription_id text,
  seq integer not null,
  changed_at integer not null
) strict, without rowid;

-- Every change that its owner or the operator cares about, written in the batch of the change.
create table billing_log (
  id text primary key,
  account_id text not null references accounts (id),
  customer_id text not null,
  subscription_id text not null,
  at integer not null,
  kind text not null,
  plan_before text not null,                 -- empty: the free one
  plan text not null,
  status text not null,                      -- Stripe's word for the subscription
  amount integer,
  currency text not null,
  interval text not null,
  by text not null                           -- stripe, reconcile, or who did it
) strict, without rowid;

create index billing_log_by_account on billing_log (account_id, at);
create index billing_log_by_time on billing_log (at, kind);

-- The customer that an event names: a hint of whom to read again.
alter table stripe_events add column customer_id text;

create index stripe_events_waiting on stripe_events (customer_id, received_at) where state = 'received';
create index jobs_by_subject on jobs (kind, ref) where dead_at is null;
