-- What programs act with: a token is a long-lived secret of one app, and can do no more than its scopes say.

create table tokens (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  token_hash text not null unique,   -- SHA-256 of the token
  name text not null,                -- what its person or its app calls it
  client_id text,                    -- the app's address, where it came by IndieAuth
  scopes text not null,              -- words with a space between them
  created_at integer not null,
  used_at integer,                   -- exact to the hour
  expires_at integer
) strict, without rowid;

create index tokens_by_account on tokens (account_id, created_at desc);
create index tokens_by_end on tokens (expires_at) where expires_at is not null;

-- One sign-in that an app asked for. As with challenges, its secrets derive from the id with the app's key.
create table app_challenges (
  id text primary key,               -- 128 random bits, hex
  email text not null,
  app_name text not null,
  redirect_url text not null,        -- what opens the app, checked; may be empty
  asker_hash text not null,          -- SHA-256 of the value that the asking app alone was given
  token_hash text not null unique,   -- SHA-256 of the link's token
  code_hash text not null,           -- HMAC of id and code
  attempts integer not null default 0,
  created_at integer not null,
  expires_at integer not null,
  consumed_at integer,
  consumed_by text                   -- the token that it became
) strict, without rowid;

create index app_challenges_by_asker on app_challenges (asker_hash);
create index app_challenges_by_token on app_challenges (consumed_by) where consumed_by is not null;
create index app_challenges_by_expiry on app_challenges (expires_at);
