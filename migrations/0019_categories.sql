-- What becomes of categories: other names, none any more, and what comes into them by itself.

alter table categories add column is_renamed integer not null default 0; -- its slug is no longer made of its name
alter table categories add column former text not null default '[]';     -- JSON: names that posts may have still, while a job changes them
alter table categories add column removed_at integer;                    -- then a job takes it off its posts
alter table categories add column step text not null default '';         -- how far that job is: time and id of a post
alter table categories add column filter text not null default '';       -- JSON: which new posts come into it by themselves

create index categories_renamed on categories (blog_id, name collate nocase) where is_renamed = 1;
create index categories_filtered on categories (blog_id) where filter <> '';

alter table blogs add column categories text not null default '[]';      -- JSON: those that were renamed or removed
