-- The words of posts, by blog. A plain table: D1 does not export a database that has virtual tables, as full-text search
-- would make them, and a database without a copy of it elsewhere is none.

create table search_words (
  blog_id text not null references blogs (id) on delete cascade,
  word text not null,                -- lower case, without accents
  post_id text not null,
  primary key (blog_id, word, post_id)
) strict, without rowid;

-- Which words of a post are in there, so that a change writes only what is different.
create table search_posts (
  post_id text primary key references posts (id) on delete cascade,
  blog_id text not null,
  words text not null                -- JSON
) strict, without rowid;

insert into jobs (id, kind, ref, created_at, next_at)
  select 'search' || id, 'search-index', id, 0, 0 from posts where purged_at is null;
