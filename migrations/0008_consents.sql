-- IndieAuth: what a person allowed an app, until the app has fetched its token with the code.

create table consents (
  code_hash text primary key,        -- SHA-256 of the code
  account_id text not null references accounts (id) on delete cascade,
  client_id text not null,           -- the app's address
  redirect_uri text not null,        -- where the code was sent
  scopes text not null,              -- words with a space between them; empty: who it is, and no token
  challenge text,                    -- PKCE, S256
  created_at integer not null,
  expires_at integer not null,
  spent_at integer,
  spent_by text                      -- the token that it became, or would have
) strict, without rowid;

create index consents_by_token on consents (spent_by) where spent_by is not null;
create index consents_by_expiry on consents (expires_at);
