-- Lists of feeds that people bring along; a job subscribes to them piece by piece.

create table imports (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  created_at integer not null,
  total integer not null,
  done integer not null default 0,
  feeds text not null,               -- JSON: the public feeds and people of the list
  report text not null               -- JSON: what was left out, and why
) strict, without rowid;
create index imports_by_account on imports (account_id, created_at);
