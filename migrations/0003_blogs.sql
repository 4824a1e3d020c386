-- What people publish.

create table blogs (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  username text not null unique,     -- the first part of its host name
  title text not null,
  tagline text not null default '',
  language text not null default 'en',
  epoch integer not null default 1,  -- grows with every change that a visitor could see
  post_count integer not null default 0, -- public posts, so that paging needs no look-ahead
  changed_at integer not null default 0, -- when the epoch last moved
  created_at integer not null
) strict, without rowid;

create index blogs_by_account on blogs (account_id);

create table posts (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  account_id text not null,
  path text not null,                -- /2026/11/22/slug, for good
  title text,                        -- null: a note
  text text not null,                -- Markdown, as it was written
  html text not null,                -- made from it and sanitised
  photos text not null default '[]', -- JSON: key, alt, width, height
  visibility text not null default 'public' check (visibility in ('public', 'unlisted', 'followers', 'direct')),
  published_at integer not null,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer,                -- then nothing is left of it but its path, for the 410
  unique (blog_id, path)
) strict, without rowid;

create index posts_public on posts (blog_id, published_at desc, id desc)
  where visibility = 'public' and deleted_at is null;
create index posts_by_account on posts (account_id, published_at desc, id desc)
  where visibility = 'public' and deleted_at is null;

create table media (
  key text primary key,              -- the object's key
  blog_id text not null references blogs (id) on delete cascade,
  post_id text not null,
  content_type text not null,
  bytes integer not null,
  width integer not null,            -- as displayed
  height integer not null,
  alt text not null,
  created_at integer not null
) strict, without rowid;

create index media_by_post on media (post_id);
