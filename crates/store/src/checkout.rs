//! Checkouts: what somebody meant to buy, written down before Stripe hears of it, and whose customer is whose.

use platform::{Context, Result, Row, sql};

/// How long a checkout may be gone on with: Stripe's page, and what it remembers of our key, live for a day.
const OPEN_SECONDS: i64 = 23 * 3600;

/// What somebody meant to buy.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Our nonce: `client_reference_id` and the Idempotency-Key.
    pub id: String,
    /// Stripe's price.
    pub price_id: String,
    /// Days that cost nothing.
    pub trial_days: i64,
    /// The page at Stripe, once it has said which.
    pub session_id: Option<String>,
}

fn intent(row: &Row) -> Result<Intent> {
    row.read(|row| Intent {
        id: row.text("id"),
        price_id: row.text("price_id"),
        trial_days: row.int("trial_days"),
        session_id: row.opt_text("session_id"),
    })
}

/// The last one of an account that can still be gone on with.
pub async fn find_open(cx: &Context, account_id: &str) -> Result<Option<Intent>> {
    let statement = sql(
        "select id, price_id, trial_days, session_id from checkout_intents
         where account_id = ?1 and state in ('begun', 'open') and made_at > ?2 order by made_at desc limit 1",
        [account_id.into(), cx.seconds().saturating_sub(OPEN_SECONDS).into()],
    );
    cx.db.first(statement).await?.as_ref().map(intent).transpose()
}

/// What is to be bought.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// By whom.
    pub account_id: &'a str,
    /// Stripe's id of them.
    pub customer_id: &'a str,
    /// Stripe's price.
    pub price_id: &'a str,
    /// The plan that it grants.
    pub plan: &'a str,
    /// Days that cost nothing, for whoever has not had such days.
    pub trial_days: i64,
}

/// Writes down what somebody means to buy, unless the same is open already; returns the one that is open.
pub async fn begin(cx: &Context, new: &New<'_>) -> Result<Option<Intent>> {
    let nonce = u128::from_le_bytes(cx.random::<16>()?);
    let insert = sql(
        "insert into checkout_intents (id, account_id, customer_id, price_id, plan, trial_days, made_at, state)
         select ?1, ?2, ?3, ?4, ?5, iif(exists (
             select 1 from billing_log where account_id = ?2 and kind = 'trial_began'), 0, ?6), ?7, 'begun'
         where not exists (select 1 from checkout_intents
           where account_id = ?2 and price_id = ?4 and state in ('begun', 'open') and made_at > ?8)",
        [
            format!("{nonce:032x}").into(),
            new.account_id.into(),
            new.customer_id.into(),
            new.price_id.into(),
            new.plan.into(),
            new.trial_days.into(),
            cx.seconds().into(),
            cx.seconds().saturating_sub(OPEN_SECONDS).into(),
        ],
    );
    cx.db.batch(vec![insert]).await?;
    Ok(find_open(cx, new.account_id).await?.filter(|intent| intent.price_id == new.price_id))
}

/// Remembers the page at Stripe of one that was begun.
pub async fn open(cx: &Context, id: &str, session_id: &str) -> Result<()> {
    let statement = sql(
        "update checkout_intents set session_id = ?2, state = 'open' where id = ?1 and state = 'begun'",
        [id.into(), session_id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Gives up one that nobody can go on with.
pub async fn expire(cx: &Context, id: &str) -> Result<()> {
    let statement = sql(
        "update checkout_intents set state = 'expired' where id = ?1 and state in ('begun', 'open')",
        [id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Forgets a customer that Stripe has deleted, so that its account can become another one. What it paid for
/// stays in the log.
pub async fn forget_customer(cx: &Context, id: &str) -> Result<()> {
    cx.db
        .batch(vec![
            sql(
                "delete from checkout_intents where customer_id = ?1
                   and exists (select 1 from customers where id = ?1 and deleted_at is not null)",
                [id.into()],
            ),
            sql(
                "delete from billing_subscriptions where customer_id = ?1
                   and exists (select 1 from customers where id = ?1 and deleted_at is not null)",
                [id.into()],
            ),
            // The readings of the next customer are counted from one again.
            sql(
                "update entitlements set seq = 0 where account_id =
                   (select account_id from customers where id = ?1 and deleted_at is not null)",
                [id.into()],
            ),
            sql("delete from customers where id = ?1 and deleted_at is not null", [id.into()]),
        ])
        .await
        .map(|_| ())
}
