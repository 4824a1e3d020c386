-- Subscriptions that were made by hand at the payment provider and that the operator said yes to.

create table accepted_subscriptions (
  id text primary key,               -- the provider's
  account_id text not null references accounts (id),
  at integer not null,
  operator text not null,            -- user name
  reason text not null
) strict, without rowid;

-- The operator's page counts the events of thirty days.
create index stripe_events_by_time on stripe_events (received_at, state, type);
