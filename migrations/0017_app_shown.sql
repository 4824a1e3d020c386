-- Whether readers see which app a post was written with: each blog's own choice.

alter table blogs add column hides_app integer not null default 0;
