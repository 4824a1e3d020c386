-- What a person sees of their own sign-ins, and what keeps a stolen cookie from being worth much:
-- a session changes its id every day, knows when it was last proven afresh, and can be ended from elsewhere.

alter table sessions add column handle text;             -- names the session on pages; says nothing about its cookie
alter table sessions add column ip text;                 -- of the sign-in; emptied after 12 months
alter table sessions add column proved_at integer not null default 0; -- the last fresh proof of who this is
alter table sessions add column rotated_at integer not null default 0;
alter table sessions add column previous_id text;        -- the id before this one, good until previous_until
alter table sessions add column previous_until integer;

create unique index sessions_by_handle on sessions (handle) where handle is not null;
create unique index sessions_by_previous on sessions (previous_id) where previous_id is not null;

-- Browsers that have signed in to an account before, by the hash of their own long-lived cookie.
create table browsers (
  account_id text not null references accounts (id) on delete cascade,
  browser_hash text not null,
  created_at integer not null,
  primary key (account_id, browser_hash)
) strict, without rowid;

-- Every sign-in, for the person to look back on; rows go after 12 months.
create table signins (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  at integer not null,
  ip text,
  user_agent text not null,
  is_new_browser integer not null                        -- 0 or 1
) strict, without rowid;

create index signins_by_account on signins (account_id, at desc);
create index signins_by_time on signins (at);
