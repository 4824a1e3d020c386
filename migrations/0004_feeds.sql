-- What people read: each other, and feeds from anywhere. One row per feed, however many follow it.

create table follows (
  follower_id text not null references accounts (id) on delete cascade,
  followed_id text not null references accounts (id) on delete cascade,
  created_at integer not null,
  primary key (follower_id, followed_id)
) strict, without rowid;

create index follows_by_followed on follows (followed_id);

create table feeds (
  id text primary key,
  url text not null unique,
  title text,
  site_url text,
  etag text,                         -- byte for byte as it came
  last_modified text,                -- likewise
  body_hash text,                    -- of the last body that was read
  created_at integer not null,
  next_check_at integer not null,
  checked_at integer,
  failures integer not null default 0,
  problem text                       -- what is wrong, in words for the people who follow it
) strict, without rowid;

create index feeds_due on feeds (next_check_at);

create table entries (
  id text primary key,
  feed_id text not null references feeds (id) on delete cascade,
  key text not null,                 -- guid, else link, else a hash of the entry
  url text,
  title text,
  html text not null,                -- sanitised when it was stored
  content_hash text not null,
  published_at integer not null,
  created_at integer not null,
  unique (feed_id, key)
) strict, without rowid;

create index entries_by_feed on entries (feed_id, published_at desc, id desc);

create table subscriptions (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  feed_id text not null references feeds (id) on delete cascade,
  created_at integer not null,
  unique (account_id, feed_id)
) strict, without rowid;

create index subscriptions_by_feed on subscriptions (feed_id);
