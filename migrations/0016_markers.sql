-- How far somebody has read each channel, for the apps that go on where another one stopped.

create table markers (
  account_id text not null references accounts (id) on delete cascade,
  channel text not null,
  post_id text not null,
  marked_at integer not null,
  primary key (account_id, channel)
) strict, without rowid;
