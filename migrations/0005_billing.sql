-- What Stripe told us. A row stands here before Stripe gets its 2xx; what follows from it is a job.

create table stripe_events (
  id text primary key,               -- Stripe's own id: the same event twice is one row
  type text not null,
  created integer not null,          -- Stripe's clock
  object_id text,
  api_version text,
  livemode integer not null,         -- 0 or 1
  received_at integer not null,
  state text not null check (state in ('received', 'applied', 'ignored'))
) strict, without rowid;

create index stripe_events_by_object on stripe_events (object_id, created);
