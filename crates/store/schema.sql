-- What the migrations add up to, by table. Written by a test; changed by a new migration.

CREATE TABLE accepted_subscriptions (
  id text primary key,               -- the provider's
  account_id text not null references accounts (id),
  at integer not null,
  operator text not null,            -- user name
  reason text not null
) strict, without rowid;
CREATE TABLE accounts (
  id text primary key,
  username text not null unique,
  email text not null unique,        -- canonical: lower case, ASCII domain
  name text not null,
  site text,                         -- the person's own web site, http or https
  created_at integer not null
, bio text not null default '', timezone text, avatar_key text, header_key text, uses_gravatar integer not null default 1, gravatar_key text, gravatar_check_at integer not null default 0, site_verified_at integer, site_misses integer not null default 0, site_check_at integer not null default 0, blog_count integer not null default 1, is_discoverable integer not null default 1, media_bytes integer not null default 0) strict, without rowid;
CREATE INDEX accounts_by_gravatar_check on accounts (gravatar_check_at) where uses_gravatar = 1 and avatar_key is null;
CREATE INDEX accounts_by_site_check on accounts (site_check_at) where site is not null;
CREATE TABLE address_changes (
  id text primary key,               -- 128 random bits, hex; the secrets of both mails derive from it
  account_id text not null references accounts (id) on delete cascade,
  old_email text not null,
  new_email text not null,
  token_hash text not null unique,   -- SHA-256 of the token in the mail to the new address
  code_hash text not null,           -- HMAC of id and code
  undo_hash text not null unique,    -- SHA-256 of the token in the notice to the old address
  attempts integer not null default 0,
  created_at integer not null,
  expires_at integer not null,       -- not proven until then: nothing happens
  done_at integer,
  done_by text unique,               -- the one request that did it
  undone_by text unique              -- the one that undid it, or made undoing impossible
) strict, without rowid;
CREATE INDEX address_changes_by_account on address_changes (account_id, created_at);
CREATE INDEX address_changes_by_time on address_changes (created_at);
CREATE TABLE app_challenges (
  id text primary key,               -- 128 random bits, hex
  email text not null,
  app_name text not null,
  redirect_url text not null,        -- what opens the app, checked; may be empty
  asker_hash text not null,          -- SHA-256 of the value that the asking app alone was given
  token_hash text not null unique,   -- SHA-256 of the link's token
  code_hash text not null,           -- HMAC of id and code
  attempts integer not null default 0,
  created_at integer not null,
  expires_at integer not null,
  consumed_at integer,
  consumed_by text                   -- the token that it became
) strict, without rowid;
CREATE INDEX app_challenges_by_asker on app_challenges (asker_hash);
CREATE INDEX app_challenges_by_expiry on app_challenges (expires_at);
CREATE INDEX app_challenges_by_token on app_challenges (consumed_by) where consumed_by is not null;
CREATE TABLE archives (
  blog_id text primary key references blogs (id) on delete cascade,
  months text not null               -- JSON: {"2026-11": 12, …}, in UTC; a month may stand at 0
) strict, without rowid;
CREATE TABLE billing_log (
  id text primary key,
  account_id text not null references accounts (id),
  customer_id text not null,
  subscription_id text not null,
  at integer not null,
  kind text not null,
  plan_before text not null,                 -- empty: the free one
  plan text not null,
  status text not null,                      -- Stripe's word for the subscription
  amount integer,
  currency text not null,
  interval text not null,
  by text not null                           -- stripe, reconcile, or who did it
) strict, without rowid;
CREATE INDEX billing_log_by_account on billing_log (account_id, at);
CREATE INDEX billing_log_by_time on billing_log (at, kind);
CREATE TABLE billing_subscriptions (
  id text primary key,                       -- Stripe's
  customer_id text not null references customers (id),
  account_id text not null references accounts (id),
  status text not null,                      -- Stripe's word
  price_id text not null,
  plan text,                                 -- null: we sell no such thing
  amount integer,                            -- in the smallest unit
  currency text not null,
  interval text not null,                    -- month or year
  period_ends_at integer,
  trial_ends_at integer,
  cancel_at integer,
  cancel_at_period_end integer not null,
  canceled_at integer,
  ended_at integer,
  made_at integer not null,
  past_due_since integer,
  payment text not null check (payment in ('good', 'refunded', 'disputed', 'lost')),
  is_accepted integer not null,              -- 1: from a checkout of ours that was paid for
  seq integer not null                       -- the number under which it was read
) strict, without rowid;
CREATE INDEX billing_subscriptions_by_customer on billing_subscriptions (customer_id);
CREATE INDEX billing_subscriptions_by_status on billing_subscriptions (status, made_at);
CREATE TABLE billing_warnings (
  subscription_id text not null,
  kind text not null check (kind in ('trial_ends', 'access_ends', 'cancel_ends', 'read_only')),
  ends_at integer not null,
  days integer not null,               -- so many before it ends; 0: it has ended
  account_id text not null references accounts (id) on delete cascade,
  made_at integer not null,
  is_told integer not null default 0,  -- whether its mail is a job
  primary key (subscription_id, kind, ends_at, days)
) strict, without rowid;
CREATE INDEX billing_warnings_by_time on billing_warnings (made_at);
CREATE TABLE blog_texts (
  blog_id text not null references blogs (id) on delete cascade,
  name text not null,                -- css, head, foot, or a template's name
  text text not null,
  note text not null,                -- what the head of a response says of it: a version, or hashes of its scripts
  primary key (blog_id, name)
) strict, without rowid;
CREATE TABLE blogs (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  username text not null unique,     -- the first part of its host name
  title text not null,
  tagline text not null default '',
  language text not null default 'en',
  epoch integer not null default 1,  -- grows with every change that a visitor could see
  post_count integer not null default 0, -- public posts, so that paging needs no look-ahead
  changed_at integer not null default 0, -- when the epoch last moved
  created_at integer not null
, navigation text not null default '[]', hides_app integer not null default 0, categories text not null default '[]', domain text, look text not null default '{}', own text not null default '{}') strict, without rowid;
CREATE INDEX blogs_by_account on blogs (account_id);
CREATE UNIQUE INDEX blogs_by_domain on blogs (domain) where domain is not null;
CREATE TABLE browsers (
  account_id text not null references accounts (id) on delete cascade,
  browser_hash text not null,
  created_at integer not null,
  primary key (account_id, browser_hash)
) strict, without rowid;
CREATE TABLE categories (
  blog_id text not null references blogs (id) on delete cascade,
  slug text not null,
  name text not null, is_renamed integer not null default 0, former text not null default '[]', removed_at integer, step text not null default '', filter text not null default '',                -- as it was first written
  primary key (blog_id, slug)
) strict, without rowid;
CREATE INDEX categories_filtered on categories (blog_id) where filter <> '';
CREATE INDEX categories_renamed on categories (blog_id, name collate nocase) where is_renamed = 1;
CREATE TABLE challenges (
  id text primary key,               -- 128 random bits, hex
  kind text not null check (kind in ('signin', 'signup')),
  email text not null,
  username text,                     -- what was asked for at sign-up
  name text,
  site text,
  browser_hash text not null,        -- SHA-256 of the asking browser's cookie
  token_hash text not null unique,   -- SHA-256 of the link's token
  code_hash text not null,           -- HMAC of id and code
  next text not null,                -- where to go afterwards: a checked path of our own
  attempts integer not null default 0,
  created_at integer not null,
  expires_at integer not null,
  consumed_at integer,
  consumed_by text                   -- the session that it became
) strict, without rowid;
CREATE INDEX challenges_by_browser on challenges (browser_hash);
CREATE INDEX challenges_by_expiry on challenges (expires_at);
CREATE INDEX challenges_by_session on challenges (consumed_by) where consumed_by is not null;
CREATE TABLE checkout_intents (
  id text primary key,
  account_id text not null references accounts (id),
  customer_id text not null references customers (id),
  price_id text not null,
  plan text not null,
  trial_days integer not null,
  made_at integer not null,
  session_id text,                           -- Stripe's, once it made one
  state text not null check (state in ('begun', 'open', 'completed', 'expired'))
) strict, without rowid;
CREATE INDEX checkout_intents_by_account on checkout_intents (account_id, made_at);
CREATE TABLE consents (
  code_hash text primary key,        -- SHA-256 of the code
  account_id text not null references accounts (id) on delete cascade,
  client_id text not null,           -- the app's address
  redirect_uri text not null,        -- where the code was sent
  scopes text not null,              -- words with a space between them; empty: who it is, and no token
  challenge text,                    -- PKCE, S256
  created_at integer not null,
  expires_at integer not null,
  spent_at integer,
  spent_by text                      -- the token that it became, or would have
, blog_name text) strict, without rowid;
CREATE INDEX consents_by_expiry on consents (expires_at);
CREATE INDEX consents_by_token on consents (spent_by) where spent_by is not null;
CREATE TABLE conversations (
  root_id text not null,             -- the post that began it
  at integer not null,
  post_id text not null unique,
  account_id text not null,          -- who wrote that one
  primary key (root_id, at, post_id)
) strict, without rowid;
CREATE TABLE creations (
  account_id text not null references accounts (id) on delete cascade,
  key_hash text not null,            -- SHA-256 of the Idempotency-Key, or of the content
  fingerprint text not null,         -- SHA-256 of what was asked for
  post_id text not null,
  expires_at integer not null,
  primary key (account_id, key_hash)
) strict, without rowid;
CREATE INDEX creations_by_expiry on creations (expires_at);
CREATE TABLE customers (
  id text primary key,                       -- Stripe's
  account_id text not null unique references accounts (id),
  made_at integer not null,
  -- Whoever reads a customer at Stripe takes the next number first; only a higher number writes.
  taken_seq integer not null default 0,
  applied_seq integer not null default 0,
  lease_until integer not null default 0,    -- one reads and writes at a time
  fetched_at integer,                        -- when Stripe was read last
  deleted_at integer                         -- when it was found deleted at Stripe
) strict, without rowid;
CREATE TABLE domain_holds (
  host text primary key,
  account_id text not null,
  ends_at integer not null
) strict, without rowid;
CREATE TABLE domains (
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
CREATE INDEX domains_by_check on domains (check_at);
CREATE INDEX domains_by_host on domains (host);
CREATE UNIQUE INDEX domains_claimed on domains (host) where state in ('proven', 'live');
CREATE TABLE edits (
  post_id text primary key references posts (id) on delete cascade,
  blog_id text not null,
  form text not null,                -- as the browser sent it: urlencoded
  saved_at integer not null
) strict;
CREATE TABLE entitlements (
  account_id text primary key references accounts (id),
  plan text not null,                        -- empty: the free one
  access text not null check (access in ('none', 'past_due', 'full')),
  until integer,                             -- ends by the clock
  subscription_id text,
  seq integer not null,
  changed_at integer not null
) strict, without rowid;
CREATE TABLE entries (
  id text primary key,
  feed_id text not null references feeds (id) on delete cascade,
  key text not null,                 -- guid, else link, else a hash of the entry
  url text,
  title text,
  html text not null,                -- sanitised when it was stored
  content_hash text not null,
  published_at integer not null,
  created_at integer not null,
  unique (feed_id, key)
) strict, without rowid;
CREATE INDEX entries_by_feed on entries (feed_id, published_at desc, id desc);
CREATE TABLE feed_addresses (
  url text primary key,
  feed_id text not null references feeds (id) on delete cascade
) strict, without rowid;
CREATE INDEX feed_addresses_by_feed on feed_addresses (feed_id);
CREATE TABLE feed_hosts (
  host text primary key,
  busy_until integer not null,
  free_at integer not null
) strict, without rowid;
CREATE TABLE feeds (
  id text primary key,
  url text not null unique,
  title text,
  site_url text,
  etag text,                         -- byte for byte as it came
  last_modified text,                -- likewise
  body_hash text,                    -- of the last body that was read
  created_at integer not null,
  next_check_at integer not null,
  checked_at integer,
  failures integer not null default 0,
  problem text                       -- what is wrong, in words for the people who follow it
, host text not null default '', subscribers integer not null default 0, lease_until integer not null default 0, interval_seconds integer not null default 3600, ttl_seconds integer not null default 0, failing_since integer, stopped_at integer, moved_to text, moved_since integer not null default 0, moved_count integer not null default 0, offers text, push_url text, push_topic text, push_is_cloud integer not null default 0, push_id text, push_until integer not null default 0, push_renew_at integer not null default 0) strict, without rowid;
CREATE UNIQUE INDEX feeds_by_push on feeds (push_id) where push_id is not null;
CREATE INDEX feeds_due on feeds (next_check_at);
CREATE TABLE "follows" (
  follower_id text not null references accounts (id) on delete cascade,
  blog_id text not null references blogs (id) on delete cascade,
  created_at integer not null,
  primary key (follower_id, blog_id)
) strict, without rowid;
CREATE INDEX follows_by_blog on follows (blog_id);
CREATE TABLE half_sessions (
  id text primary key,               -- SHA-256 of the half session's own cookie
  account_id text not null references accounts (id) on delete cascade,
  next text not null,                -- where to go afterwards: a checked path of our own
  attempts integer not null default 0,
  expires_at integer not null
) strict, without rowid;
CREATE INDEX half_sessions_by_account on half_sessions (account_id);
CREATE INDEX half_sessions_by_expiry on half_sessions (expires_at);
CREATE TABLE hub_requests (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  path text not null,
  protocol text not null,
  is_end integer not null,           -- 1: the subscription is to end
  callback text not null,
  host text not null,
  topic text not null,
  secret text,
  lease_seconds integer not null,
  created_at integer not null
) strict, without rowid;
CREATE INDEX hub_requests_by_age on hub_requests (created_at);
CREATE TABLE hub_subscriptions (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  path text not null,                -- the feed's one path on the blog's host
  protocol text not null check (protocol in ('websub', 'rsscloud')),
  callback text not null,            -- what is called
  host text not null,                -- its host name
  topic text not null,               -- the feed's address as the subscriber knows it
  secret text,                       -- what deliveries are signed with, sealed; null: they are not
  ends_at integer not null,
  body_hash text not null,           -- SHA-256 of the feed that the subscriber has
  tried_at integer not null default 0,
  due_at integer,                    -- when the callback is called next; null: it has all that is new
  attempts integer not null default 0
) strict, without rowid;
CREATE INDEX hub_subscriptions_by_end on hub_subscriptions (ends_at);
CREATE INDEX hub_subscriptions_due on hub_subscriptions (blog_id, due_at) where due_at is not null;
CREATE UNIQUE INDEX hub_subscriptions_of_feed on hub_subscriptions (blog_id, path, protocol, callback);
CREATE TABLE imports (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  created_at integer not null,
  total integer not null,
  done integer not null default 0,
  feeds text not null,               -- JSON: the public feeds and people of the list
  report text not null               -- JSON: what was left out, and why
) strict, without rowid;
CREATE INDEX imports_by_account on imports (account_id, created_at);
CREATE TABLE invitations (
  code_hash text primary key,        -- SHA-256 of the code
  created_at integer not null,
  challenge_id text unique,          -- the sign-up that holds it, and in the end the one that used it
  held_until integer not null default 0,
  used_at integer
) strict, without rowid;
CREATE TABLE jobs (
  id text primary key,
  kind text not null,
  ref text not null,                 -- the id of what it is about; never a secret
  created_at integer not null,
  next_at integer not null,          -- not before this time
  lease_until integer not null default 0,
  attempts integer not null default 0,
  dead_at integer,                   -- given up; a person has to look
  error text                         -- why the last attempt failed
) strict, without rowid;
CREATE INDEX jobs_by_subject on jobs (kind, ref) where dead_at is null;
CREATE INDEX jobs_dead on jobs (dead_at) where dead_at is not null;
CREATE INDEX jobs_due on jobs (kind, next_at) where dead_at is null;
CREATE TABLE limits (
  key text primary key,
  tat_ms integer not null            -- theoretical arrival time in unix milliseconds; past it the row means nothing
) strict, without rowid;
CREATE INDEX limits_by_end on limits (tat_ms);
CREATE TABLE mailed (
  key text not null,
  at_ms integer not null             -- unix milliseconds
) strict;
CREATE INDEX mailed_by_key on mailed (key, at_ms);
CREATE INDEX mailed_by_time on mailed (at_ms);
CREATE TABLE markers (
  account_id text not null references accounts (id) on delete cascade,
  channel text not null,
  post_id text not null,
  marked_at integer not null,
  primary key (account_id, channel)
) strict, without rowid;
CREATE TABLE media (
  key text primary key,              -- the object's key
  blog_id text not null references blogs (id) on delete cascade,
  post_id text not null,
  content_type text not null,
  bytes integer not null,
  width integer not null,            -- as displayed
  height integer not null,
  alt text not null,
  created_at integer not null
, is_shared integer not null default 0) strict, without rowid;
CREATE INDEX media_by_blog on media (blog_id, created_at desc, key desc);
CREATE INDEX media_by_post on media (post_id);
CREATE TABLE mutes (
  account_id text not null references accounts (id) on delete cascade,
  kind text not null check (kind in ('person', 'block', 'feed', 'word')),
  value text not null,               -- an account, a feed, or a word in lower case
  created_at integer not null,
  primary key (account_id, kind, value)
) strict, without rowid;
CREATE INDEX mutes_by_value on mutes (value) where kind = 'block';
CREATE TABLE operator_log (
  id text primary key,
  at integer not null,
  operator text not null,            -- user name
  action text not null,
  account_id text,
  customer_id text,
  note text not null default ''      -- the operator's reason, in the operator's words
) strict, without rowid;
CREATE INDEX operator_log_by_account on operator_log (account_id, at);
CREATE TABLE passkey_challenges (
  hash text primary key,             -- SHA-256 of the challenge
  purpose text not null check (purpose in ('signin', 'proof', 'new')),
  owner text not null,               -- the account, or for a sign-in the hash of the browser's cookie
  expires_at integer not null
) strict, without rowid;
CREATE INDEX passkey_challenges_by_expiry on passkey_challenges (expires_at);
CREATE TABLE passkeys (
  id text primary key,               -- names it on pages
  account_id text not null references accounts (id) on delete cascade,
  credential_id text not null unique, -- base64url, as the authenticator named it
  public_key text not null,          -- base64url of an uncompressed point on P-256
  sign_count integer not null,       -- as the authenticator counts; 0 when it does not
  name text not null,                -- what its person calls it
  created_at integer not null,
  used_at integer
) strict, without rowid;
CREATE INDEX passkeys_by_account on passkeys (account_id, created_at);
CREATE TABLE post_categories (
  blog_id text not null,
  slug text not null,
  published_at integer not null,
  post_id text not null references posts (id) on delete cascade,
  primary key (blog_id, slug, published_at, post_id)
) strict, without rowid;
CREATE INDEX post_categories_by_post on post_categories (post_id);
CREATE TABLE posts (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  account_id text not null,
  path text not null,                -- /2026/11/22/slug, for good
  title text,                        -- null: a note
  text text not null,                -- Markdown, as it was written
  html text not null,                -- made from it and sanitised
  photos text not null default '[]', -- JSON: key, alt, width, height
  visibility text not null default 'public' check (visibility in ('public', 'unlisted', 'followers', 'direct')),
  published_at integer not null,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer, status text not null default 'published' check (status in ('draft', 'scheduled', 'published')), channel text not null default 'posts' check (channel in ('posts', 'pages')), format text not null default 'markdown' check (format in ('markdown', 'html')), clips text not null default '[]', categories text not null default '[]', properties text not null default '{}', app_name text, app_url text, is_in_navigation integer not null default 0, revision integer not null default 1, purged_at integer, position integer not null default 1000,                -- then nothing is left of it but its path, for the 410
  unique (blog_id, path)
) strict, without rowid;
CREATE INDEX posts_by_account on posts (account_id, published_at desc, id desc)
  where visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts';
CREATE INDEX posts_deleted on posts (blog_id, deleted_at desc) where deleted_at is not null and purged_at is null;
CREATE INDEX posts_own on posts (blog_id, channel, status, published_at desc, id desc) where deleted_at is null;
CREATE INDEX posts_photos on posts (blog_id, published_at desc, id desc)
  where photos <> '[]' and visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts';
CREATE INDEX posts_public on posts (blog_id, published_at desc, id desc)
  where visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts';
CREATE INDEX posts_replies on posts (blog_id, published_at desc, id desc)
  where properties ->> '$."in-reply-to"' is not null and visibility = 'public' and deleted_at is null
    and status = 'published' and channel = 'posts';
CREATE TABLE readers (
  account_id text primary key references accounts (id) on delete cascade,
  seen_at integer not null
) strict, without rowid;
CREATE INDEX readers_by_time on readers (seen_at);
CREATE TABLE reconciliation_customers (
  reconciliation_id text not null,
  customer_id text not null,
  seen text,                         -- a subscription that the provider named with it
  had text,                          -- what we had before it was touched
  primary key (reconciliation_id, customer_id)
) strict, without rowid;
CREATE TABLE reconciliation_differences (
  reconciliation_id text not null,
  customer_id text not null,
  account_id text,                   -- null: nobody's here
  at integer not null,
  kind text not null check (kind in ('repaired', 'unknown', 'failed')),
  had text not null,
  has text not null,
  primary key (reconciliation_id, customer_id)
) strict, without rowid;
CREATE INDEX reconciliation_differences_by_time on reconciliation_differences (at);
CREATE TABLE reconciliations (
  id text primary key,
  scope text not null check (scope in ('nightly', 'asked', 'full')),
  asked_by text not null,            -- the clock, the command line, or the operator's user name
  began_at integer not null,
  since integer not null,            -- changes from then on are looked for
  ended_at integer,
  stage text not null check (stage in ('events', 'subscriptions', 'ours', 'compare', 'done')),
  cursor text,                       -- where the stage goes on
  found integer not null default 0,  -- customers to compare
  compared integer not null default 0,
  repaired integer not null default 0,
  failed integer not null default 0  -- could not be compared
) strict, without rowid;
CREATE INDEX reconciliations_by_time on reconciliations (began_at);
CREATE TABLE recovery_codes (
  account_id text not null references accounts (id) on delete cascade,
  code_hash text not null,           -- HMAC of account and code; the row goes when the code is used
  created_at integer not null,
  primary key (account_id, code_hash)
) strict, without rowid;
CREATE TABLE search_posts (
  post_id text primary key references posts (id) on delete cascade,
  blog_id text not null,
  words text not null                -- JSON
) strict, without rowid;
CREATE TABLE search_words (
  blog_id text not null references blogs (id) on delete cascade,
  word text not null,                -- lower case, without accents
  post_id text not null,
  primary key (blog_id, word, post_id)
) strict, without rowid;
CREATE VIEW second_factors as
  select account_id from totps
  union all
  select account_id from passkeys;
CREATE TABLE sessions (
  id text primary key,               -- SHA-256 of the cookie's value
  account_id text not null references accounts (id) on delete cascade,
  user_agent text not null,
  created_at integer not null,
  used_at integer not null,          -- exact to the hour
  idle_ends_at integer not null,
  ends_at integer not null
, handle text, ip text, proved_at integer not null default 0, rotated_at integer not null default 0, previous_id text, previous_until integer, blog_name text) strict, without rowid;
CREATE INDEX sessions_by_account on sessions (account_id, created_at);
CREATE INDEX sessions_by_end on sessions (ends_at);
CREATE UNIQUE INDEX sessions_by_handle on sessions (handle) where handle is not null;
CREATE UNIQUE INDEX sessions_by_previous on sessions (previous_id) where previous_id is not null;
CREATE TABLE signins (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  at integer not null,
  ip text,
  user_agent text not null,
  is_new_browser integer not null                        -- 0 or 1
) strict, without rowid;
CREATE INDEX signins_by_account on signins (account_id, at desc);
CREATE INDEX signins_by_time on signins (at);
CREATE TABLE signup_requests (
  id text primary key,
  email text not null unique,
  username text not null unique,
  name text not null,
  site text,
  created_at integer not null,
  answer text,                       -- null while open; approved, declined
  answered_at integer
) strict, without rowid;
CREATE INDEX signup_requests_by_time on signup_requests (created_at);
CREATE TABLE stripe_events (
  id text primary key,               -- Stripe's own id: the same event twice is one row
  type text not null,
  created integer not null,          -- Stripe's clock
  object_id text,
  api_version text,
  livemode integer not null,         -- 0 or 1
  received_at integer not null,
  state text not null check (state in ('received', 'applied', 'ignored'))
, customer_id text) strict, without rowid;
CREATE INDEX stripe_events_by_object on stripe_events (object_id, created);
CREATE INDEX stripe_events_by_time on stripe_events (received_at, state, type);
CREATE INDEX stripe_events_waiting on stripe_events (customer_id, received_at) where state = 'received';
CREATE TABLE subscriptions (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  feed_id text not null references feeds (id) on delete cascade,
  created_at integer not null, title text, site_url text,
  unique (account_id, feed_id)
) strict, without rowid;
CREATE INDEX subscriptions_by_feed on subscriptions (feed_id, account_id);
CREATE TABLE timeline (
  account_id text not null,          -- the reader's account; '' for what everybody may discover
  list text not null,                -- home, mentions, bookmarks; of everybody: discover, photos
  at integer not null,               -- when it was published; of a bookmark, when it was made
  ref text not null,                 -- the post, or the entry of a feed
  is_entry integer not null default 0,
  source text not null,              -- the author's account, or the feed
  url text,                          -- of a bookmark, which outlives what it marks
  title text,                        -- likewise
  primary key (account_id, list, at, ref)
) strict, without rowid;
CREATE UNIQUE INDEX timeline_bookmarks on timeline (account_id, ref) where list = 'bookmarks';
CREATE TABLE tokens (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  token_hash text not null unique,   -- SHA-256 of the token
  name text not null,                -- what its person or its app calls it
  client_id text,                    -- the app's address, where it came by IndieAuth
  scopes text not null,              -- words with a space between them
  created_at integer not null,
  used_at integer,                   -- exact to the hour
  expires_at integer
, blog_name text) strict, without rowid;
CREATE INDEX tokens_by_account on tokens (account_id, created_at desc);
CREATE INDEX tokens_by_end on tokens (expires_at) where expires_at is not null;
CREATE TABLE totps (
  account_id text primary key references accounts (id) on delete cascade,
  secret text not null,              -- sealed with a key of the app
  last_step integer not null,        -- the last step of 30 seconds whose code was used; no earlier one counts again
  created_at integer not null,
  used_at integer
) strict, without rowid;
CREATE TABLE uploads (
  id text primary key,
  blog_id text not null references blogs (id) on delete cascade,
  file_id text not null,             -- the app's own
  pieces integer not null,
  bytes integer not null,
  media_key text,                    -- what became of them
  created_at integer not null,
  unique (blog_id, file_id)
) strict;
