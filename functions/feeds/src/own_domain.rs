//! The job `domain-check`: looks whether people's own domains are proven, lead here, and have certificates.
//!
//! It lives here because this component alone may reach anyone. The jobs make a chain like those of
//! the feeds: each writes the next one down before it does anything else.

use crate::{dns, hostname};
use domain::own_domain::{self, Seen, State};
use platform::{Context, Error, Result};
use store::own_domain::{CHECK, OwnDomain};

const LOOK_AGAIN_SECONDS: i64 = 300;
const DUE_MAX: i64 = 10;
/// Longer than all of one run can take.
const LEASE_SECONDS: i64 = 15 * 60;
/// The end of the year 9999, which stands for never.
const NEVER: i64 = 253_402_300_799;
const TAKEN: &str = "Somebody else here has this name, or gave it up less than 30 days ago.";

/// Looks at up to ten names that are due; what goes wrong with one stops no other.
///
/// # Errors
/// Only when the database does not answer; the leases end by themselves then.
pub async fn run(cx: &Context) -> Result<()> {
    store::profile::look_again(cx, CHECK, LOOK_AGAIN_SECONDS).await?;
    for due in store::own_domain::lease_due(cx, DUE_MAX, LEASE_SECONDS).await? {
        match look(cx, &due).await {
            Ok(()) => {}
            Err(Error::Outgoing(words)) => {
                let next_at = cx.seconds().saturating_add(LOOK_AGAIN_SECONDS);
                store::own_domain::put_off(cx, &due, &words, next_at).await?;
            }
            Err(error) => cx.log(&format!("domain of {}: {error}", due.blog_id)),
        }
    }
    store::own_domain::delete_old_holds(cx).await
}

async fn look(cx: &Context, due: &OwnDomain) -> Result<()> {
    let found = dns::look(cx, due).await?;
    let is_proven = found.proof == "found";
    let mut next = OwnDomain {
        proof: found.proof.to_owned(),
        pointing: found.pointing.to_owned(),
        problem: found.leads_to.map(|place| format!("It leads to {place}.")),
        ..due.clone()
    };
    let mut seen = Seen { is_proven, is_here: found.pointing == "here", is_certified: false };
    // The claim comes first: nothing is made for a name that somebody else has.
    settle(due, &mut next, seen, cx.seconds());
    let mut is_ours = store::own_domain::update(cx, &next, due.check_at).await?;
    if is_ours && is_proven {
        let set_at = next.check_at;
        seen.is_certified = certify(cx, &mut next).await?;
        settle(due, &mut next, seen, cx.seconds());
        is_ours = store::own_domain::update(cx, &next, set_at).await?;
    }
    if !is_ours {
        return store::own_domain::put_off(cx, due, TAKEN, next.check_at).await;
    }
    if (due.state == State::Live) != (next.state == State::Live) {
        web::announce(cx, &due.host).await?;
        web::announce(cx, &due.username).await?;
    }
    Ok(())
}

fn settle(due: &OwnDomain, next: &mut OwnDomain, seen: Seen, now: i64) {
    (next.state, next.missed_since) = own_domain::step(due.state, due.missed_since, seen, now);
    let age = now.saturating_sub(due.created_at);
    let wait = own_domain::next_check(next.state, age);
    next.check_at = wait.map_or(NEVER, |wait| now.saturating_add(wait));
}

/// Whether visitors get a certificate, as far as that is ours to know.
async fn certify(cx: &Context, next: &mut OwnDomain) -> Result<bool> {
    let Some(api) = &cx.config.hostnames else {
        next.certificate_state = Some("operator".to_owned());
        return Ok(true);
    };
    let hostname = match hostname::ensure(cx, api, next).await {
        Ok(hostname) => hostname,
        Err(Error::Outgoing(words)) => {
            next.problem = Some(words.into_owned());
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    if next.hostname_id.as_ref() != Some(&hostname.id) {
        store::own_domain::set_hostname(cx, next, &hostname.id).await?;
    }
    let is_active = hostname.is_active();
    next.hostname_id = Some(hostname.id);
    next.hostname_state = Some(hostname.state);
    next.certificate_state = Some(hostname.certificate);
    next.problem = hostname.problem.or(next.problem.take());
    Ok(is_active)
}
