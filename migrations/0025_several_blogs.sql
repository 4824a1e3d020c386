-- Several blogs per account. The first is called like its person, so blogs.username, which is unique, holds the
-- names of all people and all blogs: nothing else says whether a name is free. Whoever removes a blog or
-- changes its name does the same to the blog_name of sessions, tokens and consents, in the same batch.

alter table accounts add column blog_count integer not null default 1; -- so that no request has to count them

alter table sessions add column blog_name text; -- the blog that is written on; null: the first
alter table tokens add column blog_name text;   -- where its app writes unless it says; null: the first
alter table consents add column blog_name text; -- which blog's address the app is told; null: the first

-- Who reads whom, by blog: another blog of somebody's is followed by itself.
create table followed_blogs (
  follower_id text not null references accounts (id) on delete cascade,
  blog_id text not null references blogs (id) on delete cascade,
  created_at integer not null,
  primary key (follower_id, blog_id)
) strict, without rowid;

insert into followed_blogs (follower_id, blog_id, created_at)
select f.follower_id, b.id, f.created_at
from follows f join accounts a on a.id = f.followed_id join blogs b on b.username = a.username;

drop table follows;
alter table followed_blogs rename to follows;
create index follows_by_blog on follows (blog_id);
