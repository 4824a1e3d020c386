//! What is paid for: Stripe, the prices that are believed, and what each plan unlocks.

use super::{parse, words};
use crate::{Error, Result};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::Url;

/// The plan of who pays nothing.
pub const FREE: &str = "free";
const MEGABYTE: i64 = 1_000_000;
const FREE_STORAGE_MB: i64 = 1_000;
const PAID_STORAGE_MB: i64 = 20_000;

/// How Stripe is reached and believed.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// The API key.
    pub secret_key: String,
    /// One signing secret, or two while it is rolled.
    pub webhook_secrets: Vec<String>,
    /// Where the API is.
    pub api_base: Url,
    /// The prices that grant something, by Stripe's id.
    pub prices: BTreeMap<String, Price>,
}

/// A price that grants a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The plan's name.
    pub plan: String,
    /// What Stripe must charge; None believes any amount, and no page names one.
    pub charge: Option<Charge>,
}

/// What is charged, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// In the currency's smallest unit.
    pub amount: i64,
    /// ISO 4217, lower case, as Stripe writes it.
    pub currency: String,
    /// `month` or `year`.
    pub interval: String,
}

/// What an account may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What people read.
    pub title: String,
    /// How many blogs may be written.
    pub blogs: i64,
    /// Whether a blog may have a domain of its own.
    pub domain: bool,
    /// Bytes of uploaded files; None has no bar.
    pub storage_bytes: Option<i64>,
    /// Days that cost nothing, once for each account.
    pub trial_days: i64,
}

/// The plans by name; one that nothing is said of has what is usual.
#[derive(Debug, Clone, Default)]
pub struct Plans(BTreeMap<String, Plan>);

impl Plans {
    /// What a plan unlocks. `blogs_max` is what an account may have where nothing is paid for.
    pub fn plan(&self, name: &str, blogs_max: i64) -> Plan {
        self.0.get(name).cloned().unwrap_or_else(|| usual(name, blogs_max))
    }
}

fn usual(name: &str, blogs_max: i64) -> Plan {
    let is_free = name == FREE;
    let storage = if is_free { FREE_STORAGE_MB } else { PAID_STORAGE_MB };
    let mut title = name.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Plan {
        title,
        blogs: if is_free { 1 } else { blogs_max },
        domain: !is_free,
        storage_bytes: Some(storage.saturating_mul(MEGABYTE)),
        trial_days: 0,
    }
}

pub(super) fn is_on(get: &impl Fn(&str) -> Option<String>) -> bool {
    get("BILLING").map_or_else(|| get("STRIPE_SECRET_KEY").is_some(), |text| text == "on")
}

pub(super) fn stripe(get: &impl Fn(&str) -> Option<String>) -> Result<Option<StripeConfig>> {
    let Some(secret_key) = get("STRIPE_SECRET_KEY").filter(|_| is_on(get)) else {
        return Ok(None);
    };
    let base = get("STRIPE_API_BASE").unwrap_or_else(|| "https://api.stripe.com".to_owned());
    Ok(Some(StripeConfig {
        secret_key,
        webhook_secrets: get("STRIPE_WEBHOOK_SECRET").map(|s| words(&s)).unwrap_or_default(),
        api_base: parse(&base, "STRIPE_API_BASE")?,
        prices: by_name(get("STRIPE_PRICES"), "STRIPE_PRICES", price)?,
    }))
}

pub(super) fn plans(get: &impl Fn(&str) -> Option<String>, blogs_max: i64) -> Result<Plans> {
    by_name(get("PLANS"), "PLANS", |name, value| plan(&usual(name, blogs_max), value)).map(Plans)
}

fn by_name<T>(
    text: Option<String>,
    setting: &str,
    read: impl Fn(&str, &Value) -> Option<T>,
) -> Result<BTreeMap<String, T>> {
    let text = text.unwrap_or_else(|| "{}".to_owned());
    let object: Option<Map<String, Value>> = serde_json::from_slice(text.as_bytes()).ok();
    let read = |(name, value): (&String, &Value)| Some((name.clone(), read(name, value)?));
    object
        .and_then(|object| object.iter().map(read).collect())
        .ok_or_else(|| Error::internal(format!("{setting} is not the JSON that it should be")))
}

fn price(_: &str, value: &Value) -> Option<Price> {
    if let Some(plan) = value.as_str() {
        return Some(Price { plan: plan.to_owned(), charge: None });
    }
    let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let interval = text("interval").filter(|word| matches!(word.as_str(), "month" | "year"))?;
    let amount = value.get("amount")?.as_i64().filter(|amount| *amount >= 0)?;
    let currency = text("currency")?.to_ascii_lowercase();
    Some(Price { plan: text("plan")?, charge: Some(Charge { amount, currency, interval }) })
}

// What is not said stays as is usual; what is said must be of its type.
fn plan(usual: &Plan, value: &Value) -> Option<Plan> {
    let said = value.as_object()?;
    let count = |name: &str, otherwise: i64| match said.get(name) {
        None => Some(otherwise),
        Some(value) => value.as_i64().filter(|count| (0..=1_000_000_000).contains(count)),
    };
    let storage = match said.get("storage_mb") {
        None => usual.storage_bytes,
        Some(_) => Some(count("storage_mb", 0)?.saturating_mul(MEGABYTE)),
    };
    Some(Plan {
        title: said.get("title").map_or(Some(usual.title.as_str()), Value::as_str)?.to_owned(),
        blogs: count("blogs", usual.blogs)?,
        domain: said.get("domain").map_or(Some(usual.domain), Value::as_bool)?,
        storage_bytes: storage,
        trial_days: count("trial_days", usual.trial_days)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(name: &'static str, text: &'static str) -> impl Fn(&str) -> Option<String> {
        move |asked| (asked == name).then(|| text.to_owned())
    }

    #[test]
    fn a_plan_has_what_is_said_and_else_what_is_usual() {
        let text = r#"{"free":{"blogs":0},"pro":{"title":"Pro","domain":false,"storage_mb":5,"trial_days":14}}"#;
        let plans = plans(&get("PLANS", text), 5).unwrap();
        let free = plans.plan("free", 5);
        assert_eq!((free.blogs, free.domain, free.title.as_str()), (0, false, "Free"));
        let pro = plans.plan("pro", 5);
        assert_eq!((pro.blogs, pro.domain, pro.storage_bytes), (5, false, Some(5_000_000)));
        assert_eq!((pro.trial_days, plans.plan("other", 5).domain), (14, true));
    }

    #[test]
    fn what_is_no_plan_or_price_stops_the_start() {
        for text in
            ["[]", "{\"a\":1}", "{\"a\":{\"blogs\":-1}}", "{\"a\":{\"domain\":\"yes\"}}", "x"]
        {
            assert!(plans(&get("PLANS", text), 5).is_err(), "{text}");
        }
        for text in ["{\"p\":1}", "{\"p\":{\"plan\":\"a\",\"amount\":5}}"] {
            assert!(by_name(Some(text.to_owned()), "STRIPE_PRICES", price).is_err(), "{text}");
        }
    }

    #[test]
    fn a_price_may_say_what_is_charged() {
        let long =
            r#"{"a":"pro","b":{"plan":"pro","amount":500,"currency":"EUR","interval":"year"}}"#;
        let prices = by_name(Some(long.to_owned()), "STRIPE_PRICES", price).unwrap();
        assert_eq!(prices.get("a").unwrap().charge, None);
        let charge = prices.get("b").unwrap().charge.clone().unwrap();
        assert_eq!((charge.amount, charge.currency.as_str()), (500, "eur"));
    }
}
