-- How much room the files of an account take, counted when a file comes or goes.

alter table accounts add column media_bytes integer not null default 0;

update accounts set media_bytes = (
  select coalesce(sum(m.bytes), 0) from media m join blogs b on b.id = m.blog_id where b.account_id = accounts.id);
