-- What was typed into the composer over a post that is public already, until it is saved.

create table edits (
  post_id text primary key references posts (id) on delete cascade,
  blog_id text not null,
  form text not null,                -- as the browser sent it: urlencoded
  saved_at integer not null
) strict;
