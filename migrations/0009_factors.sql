-- The second factor: codes of an authenticator app, passkeys, recovery codes; and the half sessions of those who have
-- proven their address and not yet that factor. A half session is a row of its own, so nothing can take it for a session.

create table totps (
  account_id text primary key references accounts (id) on delete cascade,
  secret text not null,              -- sealed with a key of the app
  last_step integer not null,        -- the last step of 30 seconds whose code was used; no earlier one counts again
  created_at integer not null,
  used_at integer
) strict, without rowid;

create table passkeys (
  id text primary key,               -- names it on pages
  account_id text not null references accounts (id) on delete cascade,
  credential_id text not null unique, -- base64url, as the authenticator named it
  public_key text not null,          -- base64url of an uncompressed point on P-256
  sign_count integer not null,       -- as the authenticator counts; 0 when it does not
  name text not null,                -- what its person calls it
  created_at integer not null,
  used_at integer
) strict, without rowid;

create index passkeys_by_account on passkeys (account_id, created_at);

create table recovery_codes (
  account_id text not null references accounts (id) on delete cascade,
  code_hash text not null,           -- HMAC of account and code; the row goes when the code is used
  created_at integer not null,
  primary key (account_id, code_hash)
) strict, without rowid;

-- What a browser must answer to: one use, five minutes.
create table passkey_challenges (
  hash text primary key,             -- SHA-256 of the challenge
  purpose text not null check (purpose in ('signin', 'proof', 'new')),
  owner text not null,               -- the account, or for a sign-in the hash of the browser's cookie
  expires_at integer not null
) strict, without rowid;

create index passkey_challenges_by_expiry on passkey_challenges (expires_at);

create table half_sessions (
  id text primary key,               -- SHA-256 of the half session's own cookie
  account_id text not null references accounts (id) on delete cascade,
  next text not null,                -- where to go afterwards: a checked path of our own
  attempts integer not null default 0,
  expires_at integer not null
) strict, without rowid;

create index half_sessions_by_account on half_sessions (account_id);
create index half_sessions_by_expiry on half_sessions (expires_at);

-- Who is asked for more than the mail.
create view second_factors as
  select account_id from totps
  union all
  select account_id from passkeys;
