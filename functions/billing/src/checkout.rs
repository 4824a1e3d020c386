//! Choosing a plan, and managing what one has: both on pages of Stripe's, to which the person is led.

use crate::{api, plan};
use domain::billing::is_over;
use platform::{Error, Response, Result, StripeConfig};
use serde_json::Value;
use store::{
    billing,
    checkout::{self, Intent, New},
    session::Session,
};
use web::Visit;

const PAGE: &str = "/settings/billing";

/// `POST /settings/billing/checkout` with `price`.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let price_id = form.get("price").to_owned();
    plan::must_be_on(&v)?;
    let prices = v.cx.config.stripe.as_ref().map(|stripe| &stripe.prices);
    let Some(price) = prices.and_then(|prices| prices.get(&price_id)) else {
        return Err(Error::invalid("That price is not offered any more. Choose a plan again."));
    };
    match begin(&v, &price_id, &price.plan).await {
        Ok(place) => lead(&v, place),
        Err(error) => plan::without_stripe(&v, error).await,
    }
}

/// `POST /settings/billing/portal`: card, invoices, another plan, the end of it.
pub async fn manage(v: Visit<'_>) -> Result<Response> {
    plan::must_be_on(&v)?;
    match portal(&v).await {
        Ok(place) => lead(&v, place),
        Err(error) => plan::without_stripe(&v, error).await,
    }
}

/// Where a person goes on.
enum Place {
    /// A page of Stripe's.
    Theirs(String),
    /// Our own, which says that it was paid for already.
    Paid,
    /// There is nothing to manage.
    Nowhere,
}

fn lead(v: &Visit<'_>, place: Place) -> Result<Response> {
    let address = match &place {
        Place::Theirs(address) => address.as_str(),
        Place::Paid => "/settings/billing?said=paid",
        Place::Nowhere => PAGE,
    };
    let mut response = web::see_other(address)?;
    plan::allow_stripe(v, &mut response);
    Ok(response)
}

/// An address of Stripe's, to which we lead nobody blindly.
fn theirs(v: &Visit<'_>, session: &Value) -> Result<Place> {
    let address = api::text(session, "/url");
    let is_theirs = plan::stripe_pages(v.cx).iter().any(|origin| {
        address.strip_prefix(origin.as_str()).is_some_and(|rest| rest.starts_with('/'))
    });
    if is_theirs {
        Ok(Place::Theirs(address.to_owned()))
    } else {
        Err(Error::internal("Stripe named a page that is not one of its own"))
    }
}

async fn begin(v: &Visit<'_>, price_id: &str, plan: &str) -> Result<Place> {
    let session = v.session()?;
    let customer_id = customer(v, session).await?;
    let subscriptions = billing::subscriptions(v.cx, &customer_id).await?;
    if subscriptions.iter().any(|one| !is_over(&one.status)) {
        return open_portal(v, &customer_id).await;
    }
    if let Some(open) = checkout::find_open(v.cx, &session.account_id).await?
        && let Some(place) = go_on(v, &open, price_id).await?
    {
        return Ok(place);
    }
    let new = New {
        account_id: &session.account_id,
        customer_id: &customer_id,
        price_id,
        plan,
        trial_days: v.cx.config.plan(plan).trial_days,
    };
    // Another window may have been faster with another price.
    let intent = checkout::begin(v.cx, &new).await?.ok_or(Error::Conflict)?;
    let made = make(v, &customer_id, &intent).await?;
    checkout::open(v.cx, &intent.id, api::text(&made, "/id")).await?;
    theirs(v, &made)
}

/// Goes on with a checkout that is open, where it is the same; ends it where it is another, so that nobody
/// can pay for both.
async fn go_on(v: &Visit<'_>, open: &Intent, price_id: &str) -> Result<Option<Place>> {
    let path = open.session_id.as_ref().and_then(|id| api::path_of("checkout/sessions", id));
    let Some(path) = path else {
        // Nobody has seen its page. Its answer may have been lost: with the same key it comes again.
        if open.price_id != price_id {
            checkout::expire(v.cx, &open.id).await?;
        }
        return Ok(None);
    };
    let session = api::get(v.cx, &path, &[]).await?;
    match api::text(&session, "/status") {
        "complete" => Ok(Some(Place::Paid)),
        "open" if open.price_id == price_id => theirs(v, &session).map(Some),
        "open" => {
            api::post(v.cx, &format!("{path}/expire"), &[], &format!("{}-end", open.id)).await?;
            checkout::expire(v.cx, &open.id).await.map(|()| None)
        }
        _ => checkout::expire(v.cx, &open.id).await.map(|()| None),
    }
}

/// <https://docs.stripe.com/api/checkout/sessions/create>
async fn make(v: &Visit<'_>, customer_id: &str, intent: &Intent) -> Result<Value> {
    let done = v.cx.config.app_url("/settings/billing?said=paid");
    let left = v.cx.config.app_url("/settings/billing?said=left");
    let days = intent.trial_days.to_string();
    let mut form = vec![
        ("mode", "subscription"),
        ("customer", customer_id),
        ("client_reference_id", &intent.id),
        ("line_items[0][price]", &intent.price_id),
        ("line_items[0][quantity]", "1"),
        ("subscription_data[metadata][intent]", &intent.id),
        ("success_url", &done),
        ("cancel_url", &left),
    ];
    if intent.trial_days > 0 {
        form.push(("subscription_data[trial_period_days]", &days));
    }
    api::post(v.cx, "/v1/checkout/sessions", &form, &intent.id).await
}

/// Stripe's customer for an account, made where there is none.
async fn customer(v: &Visit<'_>, session: &Session) -> Result<String> {
    let known = billing::customer_of(v.cx, &session.account_id).await?;
    let gone = match known {
        Some(customer) if customer.deleted_at.is_none() => return Ok(customer.id),
        gone => gone.map(|customer| customer.id),
    };
    let form = [("email", session.email.as_str()), ("metadata[username]", &session.username)];
    // One that was deleted at Stripe is followed by another.
    let key = format!("customer-{}-{}", session.account_id, gone.as_deref().unwrap_or("first"));
    let made = api::post(v.cx, "/v1/customers", &form, &key).await?;
    let id = api::text(&made, "/id");
    if id.is_empty() {
        return Err(Error::internal("Stripe made a customer without an id"));
    }
    if let Some(gone) = gone {
        checkout::forget_customer(v.cx, &gone).await?;
    }
    billing::insert_customer(v.cx, id, &session.account_id).await?;
    let kept = billing::customer_of(v.cx, &session.account_id).await?;
    Ok(kept.map_or_else(|| id.to_owned(), |customer| customer.id))
}

async fn portal(v: &Visit<'_>) -> Result<Place> {
    match billing::customer_of(v.cx, &v.session()?.account_id).await? {
        Some(customer) if customer.deleted_at.is_none() => open_portal(v, &customer.id).await,
        _ => Ok(Place::Nowhere),
    }
}

/// <https://docs.stripe.com/api/customer_portal/sessions/create>
async fn open_portal(v: &Visit<'_>, customer_id: &str) -> Result<Place> {
    let back = v.cx.config.app_url("/settings/billing?said=managed");
    let form = [("customer", customer_id), ("return_url", &back)];
    let key = format!("portal-{}", v.cx.id()?);
    let made = api::post(v.cx, "/v1/billing_portal/sessions", &form, &key).await?;
    theirs(v, &made)
}

/// The hosts that Stripe's pages are on; the stand-in's where there is one.
pub fn origins(stripe: &StripeConfig) -> Vec<String> {
    match stripe.api_base.host_str() {
        Some("api.stripe.com") => {
            vec!["https://checkout.stripe.com".to_owned(), "https://billing.stripe.com".to_owned()]
        }
        _ => vec![stripe.api_base.origin().ascii_serialization()],
    }
}
