//! Stripe's events: the inbox. A row stands here before Stripe gets its 2xx.

use platform::{Context, Error, Result, sql};

/// Stores an event. False when it was stored before: the primary key is the lock. A row in state
/// `received` is all that is promised here; applying it reads the table.
pub async fn insert(cx: &Context, event: &domain::stripe::Event, state: &str) -> Result<bool> {
    let insert = sql(
        "insert into stripe_events (id, type, created, object_id, api_version, livemode, received_at, state)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        [
            (&event.id).into(),
            (&event.kind).into(),
            event.created.into(),
            event.object_id.clone().into(),
            event.api_version.clone().into(),
            i64::from(event.livemode).into(),
            cx.seconds().into(),
            state.into(),
        ],
    );
    match cx.db.batch(vec![insert]).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}
