-- Host names of people's own, on which their blogs live: claimed by a TXT record, never by pointing here alone.

alter table blogs add column domain text; -- the host name that the blog lives on now; null: <username>.<BLOG_DOMAIN>

create unique index blogs_by_domain on blogs (domain) where domain is not null;

create table domains (
  blog_id text primary key references blogs (id) on delete cascade, -- a blog has one
  account_id text not null,
  host text not null,                -- ASCII, lower case, without a dot at its end
  token text not null,               -- 128 bits, hex: what the TXT record _pipit.<host> has to say
  state text not null default 'waiting' check (state in ('waiting', 'proven', 'live', 'parked')),
  created_at integer not null,
  check_at integer not null,         -- when it is looked at again
  checked_at integer,                -- when DNS answered last
  missed_since integer,              -- since when a live one is not as it should be; null: it is
  proof text not null default '',    -- what DNS said of the record: found, other, none; empty: not asked yet
  pointing text not null default '', -- where the name leads: here, elsewhere, nowhere; empty: not asked yet
  hostname_id text,                  -- its id at the platform that makes the certificates, where one does
  hostname_state text,               -- what that platform says of the name
  certificate_state text,            -- and of its certificate
  problem text                       -- why the last look brought nothing, in words
) strict, without rowid;

-- Any number may wait for the same name, but one alone has it.
create unique index domains_claimed on domains (host) where state in ('proven', 'live');
create index domains_by_host on domains (host);
create index domains_by_check on domains (check_at);

-- A name that was given up stays its last holder's for a while, whatever DNS says.
create table domain_holds (
  host text primary key,
  account_id text not null,
  ends_at integer not null
) strict, without rowid;
