-- Who may join where not everyone may: people who wait for the operator's word, and invitations.

-- People who have proven their address and wait. A row goes when its person has been told.
create table signup_requests (
  id text primary key,
  email text not null unique,
  username text not null unique,
  name text not null,
  site text,
  created_at integer not null,
  answer text,                       -- null while open; approved, declined
  answered_at integer
) strict, without rowid;

create index signup_requests_by_time on signup_requests (created_at);

-- Invitations of the operator, each for one account.
create table invitations (
  code_hash text primary key,        -- SHA-256 of the code
  created_at integer not null,
  challenge_id text unique,          -- the sign-up that holds it, and in the end the one that used it
  held_until integer not null default 0,
  used_at integer
) strict, without rowid;
