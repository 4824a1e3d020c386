-- How many public posts a blog has in each month, so that its archive and its sitemap cost one row however long it is;
-- and where the posts with photos and those that answer somebody are.

create table archives (
  blog_id text primary key references blogs (id) on delete cascade,
  months text not null               -- JSON: {"2026-11": 12, …}, in UTC; a month may stand at 0
) strict, without rowid;

insert into archives (blog_id, months)
  select blog_id, json_group_object(month, posts) from (
    select blog_id, strftime('%Y-%m', published_at, 'unixepoch') as month, count(*) as posts from posts
    where visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts'
    group by 1, 2)
  group by blog_id;

create index posts_photos on posts (blog_id, published_at desc, id desc)
  where photos <> '[]' and visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts';
create index posts_replies on posts (blog_id, published_at desc, id desc)
  where properties ->> '$."in-reply-to"' is not null and visibility = 'public' and deleted_at is null
    and status = 'published' and channel = 'posts';
