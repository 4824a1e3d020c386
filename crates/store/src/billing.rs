//! Who pays for what: customers, their subscriptions, and what those grant. Stripe's word counts.

mod turn;

pub(crate) use turn::refresh;
pub use turn::{Entry, FOLLOW_UPS, Outcome, Turn, begin, release, write};

use domain::billing::{Access, Entitlement, Payment, Subscription};
use platform::{Columns, Context, Result, Row, sql};

/// The job that reads a customer at Stripe again; its subject is the customer's id.
pub const REFRESH: &str = "stripe-customer";
/// The job that finds out which customer an event is about; its subject is the event's id.
pub const RESOLVE: &str = "stripe-event";

/// A customer of ours at Stripe.
#[derive(Debug, Clone)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// Whose.
    pub account_id: String,
    /// When Stripe was read last.
    pub fetched_at: Option<i64>,
    /// When it was found deleted at Stripe.
    pub deleted_at: Option<i64>,
}

fn customer(row: &Row) -> Result<Customer> {
    row.read(|row| Customer {
        id: row.text("id"),
        account_id: row.text("account_id"),
        fetched_at: row.opt_int("fetched_at"),
        deleted_at: row.opt_int("deleted_at"),
    })
}

/// A customer by Stripe's id.
pub async fn find_customer(cx: &Context, id: &str) -> Result<Option<Customer>> {
    let text = "select id, account_id, fetched_at, deleted_at from customers where id = ?1";
    cx.db.first(sql(text, [id.into()])).await?.as_ref().map(customer).transpose()
}

/// The customer that an account is.
pub async fn customer_of(cx: &Context, account_id: &str) -> Result<Option<Customer>> {
    let text = "select id, account_id, fetched_at, deleted_at from customers where account_id = ?1";
    cx.db.first(sql(text, [account_id.into()])).await?.as_ref().map(customer).transpose()
}

/// Remembers that Stripe made a customer for an account. Where there is one already that one stays.
pub async fn insert_customer(cx: &Context, id: &str, account_id: &str) -> Result<()> {
    let statement = sql(
        "insert into customers (id, account_id, made_at) values (?1, ?2, ?3) on conflict do nothing",
        [id.into(), account_id.into(), cx.seconds().into()],
    );
    // Whoever has customers compares them each night.
    cx.db.batch(vec![statement, crate::reconciliation::next_night(cx)?]).await.map(|_| ())
}

/// The columns of a subscription.
macro_rules! columns {
    () => {
        "id, status, price_id, plan, amount, currency, interval, period_ends_at, trial_ends_at, cancel_at,
         cancel_at_period_end, canceled_at, ended_at, made_at, past_due_since, payment, is_accepted"
    };
}
use columns;

fn subscription(row: &Row) -> Result<Subscription> {
    let read = |row: &mut Columns<'_>| Subscription {
        id: row.text("id"),
        status: row.text("status"),
        price_id: row.text("price_id"),
        plan: row.opt_text("plan"),
        amount: row.opt_int("amount"),
        currency: row.text("currency"),
        interval: row.text("interval"),
        period_ends_at: row.opt_int("period_ends_at"),
        trial_ends_at: row.opt_int("trial_ends_at"),
        cancel_at: row.opt_int("cancel_at"),
        cancel_at_period_end: row.int("cancel_at_period_end") == 1,
        canceled_at: row.opt_int("canceled_at"),
        ended_at: row.opt_int("ended_at"),
        made_at: row.int("made_at"),
        past_due_since: row.opt_int("past_due_since"),
        payment: Payment::of_word(&row.text("payment")),
        is_accepted: row.int("is_accepted") == 1,
    };
    row.read(read)
}

/// The subscriptions of a customer, the newest first.
pub async fn subscriptions(cx: &Context, customer_id: &str) -> Result<Vec<Subscription>> {
    let text = concat!(
        "select ",
        columns!(),
        " from billing_subscriptions where customer_id = ?1 order by made_at desc, id limit 100"
    );
    cx.db.all(sql(text, [customer_id.into()])).await?.iter().map(subscription).collect()
}

fn entitlement_of(row: &Row) -> Result<Entitlement> {
    row.read(|row| Entitlement {
        plan: row.text("plan"),
        access: Access::of_word(&row.text("access")),
        until: row.opt_int("until"),
        subscription_id: row.opt_text("subscription_id"),
    })
}

/// What an account has; one row is read.
pub async fn entitlement(cx: &Context, account_id: &str) -> Result<Entitlement> {
    let text =
        "select plan, access, until, subscription_id from entitlements where account_id = ?1";
    let row = cx.db.first(sql(text, [account_id.into()])).await?;
    row.as_ref().map_or_else(|| Ok(Entitlement::default()), entitlement_of)
}

/// Says that the checkout of an intent was paid for. False where the account never had such an intent.
pub async fn complete_intent(cx: &Context, id: &str, account_id: &str) -> Result<bool> {
    let statement = sql(
        "update checkout_intents set state = 'completed'
         where id = ?1 and account_id = ?2 returning id",
        [id.into(), account_id.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Has a customer read again soon, once for however many ask before it begins.
pub async fn ask(cx: &Context, customer_id: &str) -> Result<()> {
    let statement = turn::refresh(cx, customer_id)?;
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Has a customer read again where events of it came during the last reading. False where none did.
pub async fn look_again(cx: &Context, customer_id: &str) -> Result<bool> {
    Ok(cx.db.first(turn::refresh_for_events(cx, customer_id)?).await?.is_some())
}
