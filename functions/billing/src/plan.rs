//! The page of one's plan. It shows what we know, and grants nothing.

use crate::{
    checkout::origins,
    words::{self, Offer},
};
use askama::Template;
use domain::{
    billing::{Entitlement, Subscription, is_over},
    media,
};
use http::{HeaderName, HeaderValue, StatusCode};
use platform::{Context, Error, FREE, Policy, Response, Result};
use store::{billing, blog, checkout, entitlement};
use web::{Layout, Limit, Per, Visit};

/// How often the page looks again by itself whether a payment has come, after how many seconds each time.
const LOOKS: [u32; 8] = [2, 2, 3, 5, 8, 15, 30, 60];

/// Whoever looks again and again does not have Stripe asked each time.
const ASK: Limit = Limit {
    per: Per::Account,
    policy: Policy { name: "stripe-look-5m", count: 20, window_seconds: 300 },
};

#[derive(Template)]
#[template(path = "billing.html")]
struct Page {
    layout: Layout,
    said: Option<String>,
    troubles: Vec<String>,
    title: String,
    words: String,
    unlocks: String,
    used: String,
    read_only: Vec<String>,
    is_waiting: bool,
    is_customer: bool,
    is_living: bool,
    offers: Vec<Offer>,
}

/// There is no such page where nothing is paid for.
pub fn must_be_on(v: &Visit<'_>) -> Result<()> {
    if v.cx.config.billing { Ok(()) } else { Err(Error::NotFound) }
}

/// The hosts of the pages that the forms of this one lead to.
pub fn stripe_pages(cx: &Context) -> Vec<String> {
    cx.config.stripe.as_ref().map(origins).unwrap_or_default()
}

/// Lets the forms of a response lead to Stripe, redirects included.
pub fn allow_stripe(v: &Visit<'_>, response: &mut Response) {
    web::allow_form_to(v.cx, response, &stripe_pages(v.cx).join(" "));
}

/// `GET /settings/billing`, with `said` for what came before: `paid`, `left`, `managed`; `n` counts how
/// often it was looked at since.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    must_be_on(&v)?;
    let known = Known::of(&v).await?;
    let looked: usize = v.query("n").parse().unwrap_or(0);
    let is_waiting = v.query("said") == "paid" && known.is_waiting(v.cx).await?;
    if looked == 0
        && (is_waiting || v.query("said") == "managed")
        && let Some(customer_id) = &known.customer_id
        && v.take(&ASK, &known.account_id).await.is_ok()
    {
        // Stripe's word comes by itself. Whoever waits for it has us ask as well, once.
        billing::ask(v.cx, customer_id).await?;
        v.cx.wake();
    }
    let said = said(&v.query("said"), is_waiting, looked);
    let mut response = page(&v, known, StatusCode::OK, said, is_waiting).await?;
    if let Some(seconds) = LOOKS.get(looked).filter(|_| is_waiting) {
        // A header, because a page that is about to reload must not say so where people read.
        let next = looked.saturating_add(1);
        let refresh = format!("{seconds}; url=/settings/billing?said=paid&n={next}");
        let refresh = HeaderValue::from_str(&refresh).map_err(Error::internal)?;
        response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    }
    Ok(response)
}

fn said(word: &str, is_waiting: bool, looked: usize) -> Option<String> {
    let words = match (word, is_waiting) {
        ("paid", true) if looked < LOOKS.len() => {
            "Thank you. Stripe is about to tell us of your payment; this page shows your plan as soon as it does."
        }
        ("paid", true) => {
            "Stripe has not told us of your payment yet. Some ways to pay take hours or days; there is nothing to do."
        }
        ("paid", false) => "Thank you. This is your plan now.",
        ("left", _) => "Nothing was bought.",
        ("managed", _) => "What you changed with Stripe shows here within a minute.",
        _ => return None,
    };
    Some(words.to_owned())
}

/// The page with what went wrong between Stripe and us. Nothing is half done: the next try goes on where
/// this one ended.
pub async fn without_stripe(v: &Visit<'_>, error: Error) -> Result<Response> {
    if matches!(error, Error::Conflict) {
        return Err(error);
    }
    v.cx.log(&format!("stripe: {error}"));
    let words = "Stripe, who takes the payments for us, does not answer as it should. Nothing was bought or changed. Try \
                 again in a few minutes.";
    let known = Known::of(v).await?;
    if let (Error::NotFound, Some(customer_id)) = (&error, &known.customer_id) {
        // Stripe may have deleted the customer: then the next try makes another.
        billing::ask(v.cx, customer_id).await?;
        v.cx.wake();
    }
    let status = StatusCode::SERVICE_UNAVAILABLE;
    page(v, known, status, Some(words.to_owned()), false).await
}

/// What we know of an account.
struct Known {
    entitlement: Entitlement,
    customer_id: Option<String>,
    subscription: Option<Subscription>,
    /// Whether the days that cost nothing were had.
    has_tried: bool,
    account_id: String,
}

impl Known {
    async fn of(v: &Visit<'_>) -> Result<Self> {
        let account_id = v.session()?.account_id.clone();
        let entitlement = billing::entitlement(v.cx, &account_id).await?;
        let customer = billing::customer_of(v.cx, &account_id).await?;
        let mut all = match &customer {
            Some(customer) => billing::subscriptions(v.cx, &customer.id).await?,
            None => vec![],
        };
        // The one that grants the plan before one that goes on before one that is over.
        all.sort_by_key(|one| {
            (Some(&one.id) != entitlement.subscription_id.as_ref(), is_over(&one.status))
        });
        let customer = customer.filter(|customer| customer.deleted_at.is_none());
        Ok(Self {
            entitlement,
            customer_id: customer.map(|customer| customer.id),
            has_tried: all.iter().any(|one| one.trial_ends_at.is_some()),
            subscription: all.into_iter().next(),
            account_id,
        })
    }

    /// Whether a checkout was left for Stripe's page and nothing has come of it.
    async fn is_waiting(&self, cx: &Context) -> Result<bool> {
        Ok(checkout::find_open(cx, &self.account_id).await?.is_some())
    }
}

async fn page(
    v: &Visit<'_>,
    known: Known,
    status: StatusCode,
    said: Option<String>,
    is_waiting: bool,
) -> Result<Response> {
    let config = &v.cx.config;
    let Known { entitlement, customer_id, subscription, has_tried, account_id } = known;
    let name = entitlement.plan_at(v.cx.seconds());
    let plan = config.plan(name.unwrap_or(FREE));
    let one = subscription.as_ref();
    let used = entitlement::media_bytes(v.cx, &account_id).await?;
    let page = Page {
        layout: Layout::of(v, "Plan"),
        said,
        troubles: words::troubles(v, &entitlement, one),
        words: words::state(v, name.is_some(), one),
        unlocks: words::unlocks(&plan),
        used: match used {
            0 => String::new(),
            used => format!("Your files take {}.", media::size(used)),
        },
        read_only: read_only(v, plan.blogs).await?,
        title: plan.title,
        is_waiting,
        is_customer: customer_id.is_some(),
        is_living: one.is_some_and(|one| !is_over(&one.status)),
        // While a payment is on its way nobody is offered another one.
        offers: match is_waiting {
            true => vec![],
            false => words::offers(config, name.unwrap_or(FREE), has_tried),
        },
    };
    let mut response = web::page_with_status(status, &page)?;
    allow_stripe(v, &mut response);
    Ok(response)
}

/// The hosts of the blogs that the plan has no room for.
async fn read_only(v: &Visit<'_>, room: i64) -> Result<Vec<String>> {
    let session = v.session()?;
    if session.blog_count <= room {
        return Ok(vec![]);
    }
    let blogs = blog::list_own(v.cx, &session.account_id).await?;
    let beyond = blogs.into_iter().skip(usize::try_from(room).unwrap_or(0));
    let host = |own: blog::Own| {
        let origin = v.cx.config.blog_origin(&own.name, own.domain.as_deref());
        origin.split_once("://").map_or(String::new(), |(_, host)| host.to_owned())
    };
    Ok(beyond.map(host).collect())
}
