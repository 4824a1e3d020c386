-- 100,000 feeds of ten entries each, an entry every two seconds of a month; readers and authors.
with recursive n (i) as (select 0 union all select i + 1 from n where i < 99999)
insert into feeds (id, url, title, site_url, host, subscribers, created_at, next_check_at, checked_at)
  select printf('feed%06d', i), 'https://site' || i || '.example/feed', 'Site ' || i, 'https://site' || i || '.example/',
    'site' || i || '.example', 1, unixepoch(), 253402300799, unixepoch() from n;
with recursive n (i) as (select 0 union all select i + 1 from n where i < 999999)
insert into entries (id, feed_id, key, url, title, html, content_hash, published_at, created_at)
  select printf('%013d%05d', (unixepoch() - 3000000 + i * 3) * 1000, i % 100000), printf('feed%06d', i % 100000), i,
    'https://site' || (i % 100000) || '.example/' || i, case when i % 3 then 'Entry ' || i end,
    '<p>The ferry was late again, and so the whole quay stood in the rain and talked of <em>boats</em>.</p>', i,
    unixepoch() - 3000000 + i * 3, unixepoch() from n;
with recursive n (i) as (select 0 union all select i + 1 from n where i < 9999)
insert into accounts (id, username, email, name, created_at)
  select printf('f%05d', i), printf('f%05d', i), printf('f%05d@example.org', i), 'Follower ' || i, unixepoch() from n;
insert into accounts (id, username, email, name, created_at) values
  ('few', 'few', 'few@example.org', 'Few', unixepoch()), ('many', 'many', 'many@example.org', 'Many', unixepoch()),
  ('alone', 'alone', 'alone@example.org', 'Alone', unixepoch()), ('famous', 'famous', 'famous@example.org', 'Famous', unixepoch());
insert into blogs (id, account_id, username, title, created_at)
  select 'b-' || id, id, username, name, unixepoch() from accounts;
insert into follows (follower_id, blog_id, created_at)
  select id, 'b-famous', unixepoch() from accounts where id like 'f0%';
insert into readers (account_id, seen_at) select id, unixepoch() from accounts where id like 'f0%';
insert into subscriptions (id, account_id, feed_id, created_at)
  select 's-few-' || id, 'few', id, unixepoch() from feeds where id < 'feed000010';
insert into subscriptions (id, account_id, feed_id, created_at)
  select 's-many-' || id, 'many', id, unixepoch() from feeds where id < 'feed001000';
insert into markers (account_id, channel, post_id, marked_at)
  select 'many', 'timeline', max(id), unixepoch() from entries where feed_id = 'feed000009';
