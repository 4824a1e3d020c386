-- Asking feeds politely: how often, when not, and where a feed has gone.
-- Times are unix seconds.

alter table feeds add column host text not null default '';
alter table feeds add column subscribers integer not null default 0;
alter table feeds add column lease_until integer not null default 0;    -- until then one run alone fetches it
alter table feeds add column interval_seconds integer not null default 3600;
alter table feeds add column ttl_seconds integer not null default 0;    -- what its document asks for
alter table feeds add column failing_since integer;
alter table feeds add column stopped_at integer;                        -- asked for no more, until somebody wants it again
alter table feeds add column moved_to text;                             -- where permanent redirects lead, not yet believed
alter table feeds add column moved_since integer not null default 0;
alter table feeds add column moved_count integer not null default 0;
alter table feeds add column offers text;                               -- JSON of the feeds of a page, for a person to choose

update feeds set
  subscribers = (select count(*) from subscriptions s where s.feed_id = feeds.id),
  host = substr(substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1);

-- A host that is asked right now, or that wants to be left alone for a while.
create table feed_hosts (
  host text primary key,
  busy_until integer not null,
  free_at integer not null
) strict, without rowid;

-- Addresses that lead to a feed which lives elsewhere: where it was, and the page that names it.
create table feed_addresses (
  url text primary key,
  feed_id text not null references feeds (id) on delete cascade
) strict, without rowid;
create index feed_addresses_by_feed on feed_addresses (feed_id);

-- What somebody else's list of feeds called them, so that the list comes out as it went in.
alter table subscriptions add column title text;
alter table subscriptions add column site_url text;
