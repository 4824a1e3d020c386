-- What people read, written when it comes out, so that a page reads its own rows however many one follows.

create table timeline (
  account_id text not null,          -- the reader's account; '' for what everybody may discover
  list text not null,                -- home, mentions, bookmarks; of everybody: discover, photos
  at integer not null,               -- when it was published; of a bookmark, when it was made
  ref text not null,                 -- the post, or the entry of a feed
  is_entry integer not null default 0,
  source text not null,              -- the author's account, or the feed
  url text,                          -- of a bookmark, which outlives what it marks
  title text,                        -- likewise
  primary key (account_id, list, at, ref)
) strict, without rowid;

create unique index timeline_bookmarks on timeline (account_id, ref) where list = 'bookmarks';

-- Whose timelines are kept up: those who were there within the last month.
create table readers (
  account_id text primary key references accounts (id) on delete cascade,
  seen_at integer not null
) strict, without rowid;

create index readers_by_time on readers (seen_at);

-- Whom and what an account does not want to read.
create table mutes (
  account_id text not null references accounts (id) on delete cascade,
  kind text not null check (kind in ('person', 'block', 'feed', 'word')),
  value text not null,               -- an account, a feed, or a word in lower case
  created_at integer not null,
  primary key (account_id, kind, value)
) strict, without rowid;

create index mutes_by_value on mutes (value) where kind = 'block';

-- The posts here that answer one another.
create table conversations (
  root_id text not null,             -- the post that began it
  at integer not null,
  post_id text not null unique,
  account_id text not null,          -- who wrote that one
  primary key (root_id, at, post_id)
) strict, without rowid;

alter table accounts add column is_discoverable integer not null default 1;

drop index subscriptions_by_feed;
create index subscriptions_by_feed on subscriptions (feed_id, account_id);
