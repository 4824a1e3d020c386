//! How many mails one address may be sent, however many networks ask for them.

use crate::{Limit, Per, answer, keys};
use platform::{Context, Error, Policy, Result};

/// So many people asking within a minute are worth a look at the log.
const ALARM: Limit = Limit {
    per: Per::Mail,
    policy: Policy { name: "ask-everyone", count: 300, window_seconds: 60 },
};

/// Takes one of each of the three quotas of an address, or none.
pub(crate) async fn take(cx: &Context, limits: &[Limit], email: &str) -> Result<bool> {
    match answer::take(cx, &ALARM, "everyone", true).await {
        Err(Error::TooMany { .. }) => cx.log("alarm: more than 300 mails asked for in a minute"),
        other => other?,
    }
    let mut windows = limits.iter().filter(|limit| limit.per == Per::Mail).map(|l| l.policy);
    let (Some(a), Some(b), Some(c), None) =
        (windows.next(), windows.next(), windows.next(), windows.next())
    else {
        return Err(Error::internal("a mail address has three quotas"));
    };
    let key = keys::limit_key(cx, "mail", email)?;
    store::quota::take(cx, &key, [a, b, c]).await
}
