-- What stands between a form that anyone can send and a mailbox or an account.

-- The moments of the last mails to an address, which stands here as an HMAC: at most ten a day.
create table mailed (
  key text not null,
  at_ms integer not null             -- unix milliseconds
) strict;

create index mailed_by_key on mailed (key, at_ms);
create index mailed_by_time on mailed (at_ms);
