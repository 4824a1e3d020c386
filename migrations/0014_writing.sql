-- Drafts, scheduled posts, pages, categories, audio and video, what apps say of a post; the trash.

alter table posts add column status text not null default 'published' check (status in ('draft', 'scheduled', 'published'));
alter table posts add column channel text not null default 'posts' check (channel in ('posts', 'pages'));
alter table posts add column format text not null default 'markdown' check (format in ('markdown', 'html'));
alter table posts add column clips text not null default '[]';       -- JSON: audio and video, as photos are
alter table posts add column categories text not null default '[]';  -- JSON: names
alter table posts add column properties text not null default '{}';  -- JSON: microformats2, a list for each name
alter table posts add column app_name text;                          -- what it was written with
alter table posts add column app_url text;
alter table posts add column is_in_navigation integer not null default 0;
alter table posts add column revision integer not null default 1;    -- grows with every change
alter table posts add column purged_at integer;                      -- deleted for good: nothing but the path is left

-- What is deleted already was deleted for good.
update posts set purged_at = deleted_at where deleted_at is not null;

drop index posts_by_account;
drop index posts_public;
create index posts_by_account on posts (account_id, published_at desc, id desc)
  where visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts';
create index posts_public on posts (blog_id, published_at desc, id desc)
  where visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts';
create index posts_own on posts (blog_id, channel, status, published_at desc, id desc) where deleted_at is null;
create index posts_deleted on posts (blog_id, deleted_at desc) where deleted_at is not null and purged_at is null;

alter table blogs add column navigation text not null default '[]';  -- JSON: path and title of its pages

alter table media add column is_shared integer not null default 0;   -- more than one post shows it: it goes with none of them
create index media_by_blog on media (blog_id, created_at desc, key desc);

create table categories (
  blog_id text not null references blogs (id) on delete cascade,
  slug text not null,
  name text not null,                -- as it was first written
  primary key (blog_id, slug)
) strict, without rowid;

create table post_categories (
  blog_id text not null,
  slug text not null,
  published_at integer not null,
  post_id text not null references posts (id) on delete cascade,
  primary key (blog_id, slug, published_at, post_id)
) strict, without rowid;
create index post_categories_by_post on post_categories (post_id);

create table creations (
  account_id text not null references accounts (id) on delete cascade,
  key_hash text not null,            -- SHA-256 of the Idempotency-Key, or of the content
  fingerprint text not null,         -- SHA-256 of what was asked for
  post_id text not null,
  expires_at integer not null,
  primary key (account_id, key_hash)
) strict, without rowid;
create index creations_by_expiry on creations (expires_at);
