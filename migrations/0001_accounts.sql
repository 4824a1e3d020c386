-- Who signs in, and how: an account has no password; a challenge proves an address, a session remembers the proof.
-- Times are unix seconds everywhere.

create table accounts (
  id text primary key,
  username text not null unique,
  email text not null unique,        -- canonical: lower case, ASCII domain
  name text not null,
  site text,                         -- the person's own web site, http or https
  created_at integer not null
) strict, without rowid;

-- One asked-for sign-in. The link's token and the code are derived from the id with the app's key,
-- so neither is stored, and a mail that is sent again is the same mail.
create table challenges (
  id text primary key,               -- 128 random bits, hex
  kind text not null check (kind in ('signin', 'signup')),
  email text not null,
  username text,                     -- what was asked for at sign-up
  name text,
  site text,
  browser_hash text not null,        -- SHA-256 of the asking browser's cookie
  token_hash text not null unique,   -- SHA-256 of the link's token
  code_hash text not null,           -- HMAC of id and code
  next text not null,                -- where to go afterwards: a checked path of our own
  attempts integer not null default 0,
  created_at integer not null,
  expires_at integer not null,
  consumed_at integer,
  consumed_by text                   -- the session that it became
) strict, without rowid;

create index challenges_by_browser on challenges (browser_hash);
create index challenges_by_session on challenges (consumed_by) where consumed_by is not null;
create index challenges_by_expiry on challenges (expires_at);

create table sessions (
  id text primary key,               -- SHA-256 of the cookie's value
  account_id text not null references accounts (id) on delete cascade,
  user_agent text not null,
  created_at integer not null,
  used_at integer not null,          -- exact to the hour
  idle_ends_at integer not null,
  ends_at integer not null
) strict, without rowid;

create index sessions_by_account on sessions (account_id, created_at);
create index sessions_by_end on sessions (ends_at);
