-- Who wants to be told of what is new in the feeds of a blog: subscribers by WebSub and by rssCloud.

create table hub_subscriptions (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  path text not null,                -- the feed's one path on the blog's host
  protocol text not null check (protocol in ('websub', 'rsscloud')),
  callback text not null,            -- what is called
  host text not null,                -- its host name
  topic text not null,               -- the feed's address as the subscriber knows it
  secret text,                       -- what deliveries are signed with, sealed; null: they are not
  ends_at integer not null,
  body_hash text not null,           -- SHA-256 of the feed that the subscriber has
  tried_at integer not null default 0,
  due_at integer,                    -- when the callback is called next; null: it has all that is new
  attempts integer not null default 0
) strict, without rowid;

create unique index hub_subscriptions_of_feed on hub_subscriptions (blog_id, path, protocol, callback);
create index hub_subscriptions_due on hub_subscriptions (blog_id, due_at) where due_at is not null;
create index hub_subscriptions_by_end on hub_subscriptions (ends_at);

-- What was asked for and is not verified yet: until then no subscription changes.
create table hub_requests (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  path text not null,
  protocol text not null,
  is_end integer not null,           -- 1: the subscription is to end
  callback text not null,
  host text not null,
  topic text not null,
  secret text,
  lease_seconds integer not null,
  created_at integer not null
) strict, without rowid;

create index hub_requests_by_age on hub_requests (created_at);
