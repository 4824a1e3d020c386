//! Stripe's events: the inbox. A row stands here before Stripe gets its 2xx.

use crate::{billing, job, reconciliation};
use platform::{Context, Error, Result, sql};

/// The state of an event that is to be applied.
pub const RECEIVED: &str = "received";
/// The state of one that changes nothing.
pub const IGNORED: &str = "ignored";

/// Stores an event, and with it the job that has its customer read again. False when it was stored before:
/// the primary key is the lock.
pub async fn insert(cx: &Context, event: &domain::stripe::Event, state: &str) -> Result<bool> {
    let insert = sql(
        "insert into stripe_events (id, type, created, object_id, api_version, livemode, received_at, state, customer_id)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [
            (&event.id).into(),
            (&event.kind).into(),
            event.created.into(),
            event.object_id.clone().into(),
            event.api_version.clone().into(),
            i64::from(event.livemode).into(),
            cx.seconds().into(),
            state.into(),
            event.customer_id.clone().into(),
        ],
    );
    let mut batch = vec![insert];
    if state == RECEIVED {
        batch.push(match &event.customer_id {
            Some(customer_id) => billing::refresh(cx, customer_id)?,
            None => job::insert(cx, billing::RESOLVE, &event.id)?,
        });
        batch.push(reconciliation::sweep_later(cx)?);
    }
    match cx.db.batch(batch).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The object that an event is about, while it waits to be applied.
pub async fn waiting(cx: &Context, id: &str) -> Result<Option<Option<String>>> {
    let text = "select object_id from stripe_events where id = ?1 and state = 'received'";
    let row = cx.db.first(sql(text, [id.into()])).await?;
    row.map(|row| row.opt_text("object_id")).transpose()
}

/// Says whose event it is, and has that customer read again.
pub async fn belongs_to(cx: &Context, id: &str, customer_id: &str) -> Result<()> {
    let owner = sql(
        "update stripe_events set customer_id = ?2 where id = ?1",
        [id.into(), customer_id.into()],
    );
    cx.db.batch(vec![owner, billing::refresh(cx, customer_id)?]).await.map(|_| ())
}

/// Says that an event changes nothing here.
pub async fn ignore(cx: &Context, id: &str) -> Result<()> {
    let statement = sql(
        "update stripe_events set state = 'ignored' where id = ?1 and state = 'received'",
        [id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Says that the events of a customer that is not ours change nothing here.
pub async fn ignore_of(cx: &Context, customer_id: &str) -> Result<()> {
    let statement = sql(
        "update stripe_events set state = 'ignored' where customer_id = ?1 and state = 'received'",
        [customer_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
