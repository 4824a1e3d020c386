-- Changes of the mail address: asked for, proven at the new one, and for a week undone from the old one.

create table address_changes (
  id text primary key,               -- 128 random bits, hex; the secrets of both mails derive from it
  account_id text not null references accounts (id) on delete cascade,
  old_email text not null,
  new_email text not null,
  token_hash text not null unique,   -- SHA-256 of the token in the mail to the new address
  code_hash text not null,           -- HMAC of id and code
  undo_hash text not null unique,    -- SHA-256 of the token in the notice to the old address
  attempts integer not null default 0,
  created_at integer not null,
  expires_at integer not null,       -- not proven until then: nothing happens
  done_at integer,
  done_by text unique,               -- the one request that did it
  undone_by text unique              -- the one that undid it, or made undoing impossible
) strict, without rowid;

create index address_changes_by_account on address_changes (account_id, created_at);
create index address_changes_by_time on address_changes (created_at);
