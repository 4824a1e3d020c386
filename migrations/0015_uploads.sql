-- Uploads that come in pieces. The pieces are objects, `p/<id>/<number>`; a job removes them and the row within a day.

create table uploads (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  file_id text not null,             -- the app's own
  pieces integer not null,
  bytes integer not null,
  media_key text,                    -- what became of them
  created_at integer not null,
  unique (blog_id, file_id)
) strict;
