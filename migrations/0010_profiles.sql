-- What people show of themselves, and when it is looked at again: a picture elsewhere, a web site that points back.

alter table accounts add column bio text not null default '';
alter table accounts add column timezone text;                  -- a name of the IANA database; null: not known yet
alter table accounts add column avatar_key text;                -- the uploaded picture, an object's key
alter table accounts add column header_key text;                -- likewise
alter table accounts add column uses_gravatar integer not null default 1;     -- 0 or 1
alter table accounts add column gravatar_key text;              -- our copy of the picture at Gravatar
alter table accounts add column gravatar_check_at integer not null default 0; -- when it is fetched again
alter table accounts add column site_verified_at integer;       -- when the site was last seen to point back here
alter table accounts add column site_misses integer not null default 0;       -- checks in a row that found no link
alter table accounts add column site_check_at integer not null default 0;     -- when it is fetched again

create index accounts_by_gravatar_check on accounts (gravatar_check_at) where uses_gravatar = 1 and avatar_key is null;
create index accounts_by_site_check on accounts (site_check_at) where site is not null;
