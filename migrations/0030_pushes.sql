-- Feeds that say by themselves when they have something new: by a hub (WebSub) or a cloud (rssCloud).
-- Times are unix seconds.

alter table feeds add column push_url text;                             -- where to ask for it, as the document says
alter table feeds add column push_topic text;                           -- what the feed is called there
alter table feeds add column push_is_cloud integer not null default 0;
alter table feeds add column push_id text;                              -- the random part of the address that is called
alter table feeds add column push_until integer not null default 0;     -- when what was agreed ends
alter table feeds add column push_renew_at integer not null default 0;  -- when it is asked for again

create unique index feeds_by_push on feeds (push_id) where push_id is not null;
