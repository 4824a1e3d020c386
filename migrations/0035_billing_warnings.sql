-- What somebody was told before or after the clock took something away, so that they are told once.

create table billing_warnings (
  subscription_id text not null,
  kind text not null check (kind in ('trial_ends', 'access_ends', 'cancel_ends', 'read_only')),
  ends_at integer not null,
  days integer not null,               -- so many before it ends; 0: it has ended
  account_id text not null references accounts (id) on delete cascade,
  made_at integer not null,
  is_told integer not null default 0,  -- whether its mail is a job
  primary key (subscription_id, kind, ends_at, days)
) strict, without rowid;

create index billing_warnings_by_time on billing_warnings (made_at);
