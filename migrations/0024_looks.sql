-- How a blog looks, and the texts that its owner has written for it.

alter table blogs add column look text not null default '{}';  -- JSON: theme, accent, timezone, footer, lists
alter table blogs add column own text not null default '{}';   -- JSON: the names in blog_texts, and what is noted of each

create table blog_texts (
  blog_id text not null references blogs (id) on delete cascade,
  name text not null,                -- css, head, foot, or a template's name
  text text not null,
  note text not null,                -- what the head of a response says of it: a version, or hashes of its scripts
  primary key (blog_id, name)
) strict, without rowid;
