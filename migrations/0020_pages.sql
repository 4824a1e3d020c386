-- The order of pages in the blog's head: small numbers first; new ones come last.

alter table posts add column position integer not null default 1000;
