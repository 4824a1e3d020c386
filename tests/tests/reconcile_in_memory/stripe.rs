//! What Stripe has, as far as a reconciliation asks: customers with a subscription each, and the events that
//! it keeps for thirty days. It answers from memory and knows nothing of what Pipit stores.

use bytes::Bytes;
use platform::Call;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use tests::Memory;

/// A customer there.
#[derive(Default, Clone)]
pub struct Customer {
    pub subscriptions: Vec<Value>,
    pub charges: Vec<Value>,
    pub is_deleted: bool,
}

#[derive(Default)]
pub struct Stripe {
    pub customers: BTreeMap<String, Customer>,
    /// The oldest first.
    pub events: Vec<Value>,
    /// The nonce of the checkout that a subscription came of.
    pub intents: BTreeMap<String, String>,
    /// The next calls of this customer are refused.
    pub is_broken: Option<String>,
}

pub type Shared = Rc<RefCell<Stripe>>;

pub fn start(memory: &Memory) -> Shared {
    let shared = Shared::default();
    let (answers, clock) = (shared.clone(), memory.native.clock.clone());
    memory.native.http.answer("https://api.stripe.com/", move |call| {
        let (status, body) = answers.borrow().answer(call, clock.now().timestamp());
        let response = http::Response::builder().status(status);
        response.body(Bytes::from(body.to_string())).expect("a response")
    });
    shared
}

impl Stripe {
    fn answer(&self, call: &Call, now: i64) -> (u16, Value) {
        let query: Vec<(String, String)> = call.url.query_pairs().into_owned().collect();
        let get = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let path = call.url.path().trim_start_matches("/v1/");
        let (kind, id) = path.split_once('/').unwrap_or((path, ""));
        if self.is_broken.as_deref().is_some_and(|id| get("customer") == Some(id)) {
            return (400, json!({"error": {"type": "invalid_request_error", "code": "broken"}}));
        }
        match (kind, id, get("customer")) {
            ("subscriptions", "", Some(of)) => self.of(of, |customer| &customer.subscriptions),
            ("charges", "", Some(of)) => self.of(of, |customer| &customer.charges),
            ("subscriptions", "", None) => {
                let all = self.customers.values().filter(|customer| !customer.is_deleted);
                let mut all: Vec<&Value> = all.flat_map(|c| &c.subscriptions).collect();
                all.sort_by_key(|one| -one["created"].as_i64().unwrap_or_default());
                (200, page(&all, &get))
            }
            ("events", "", _) => {
                let types: Vec<&str> =
                    query.iter().filter(|(n, _)| n == "types[]").map(|(_, v)| v.as_str()).collect();
                let kept = self.events.iter().rev().filter(|event| {
                    let is_kept = event["created"].as_i64().unwrap_or_default() > now - 30 * 86_400;
                    is_kept && types.contains(&event["type"].as_str().unwrap_or_default())
                });
                (200, page(&kept.collect::<Vec<_>>(), &get))
            }
            ("subscriptions", id, None) => {
                let mut all = self.customers.values().flat_map(|customer| &customer.subscriptions);
                all.find(|one| one["id"] == id).map_or_else(missing, |one| (200, one.clone()))
            }
            ("customers", id, None) => match self.customers.get(id) {
                Some(customer) => {
                    (200, json!({"id": id, "object": "customer", "deleted": customer.is_deleted}))
                }
                None => missing(),
            },
            ("disputes", "", _) => {
                let mut charges = self.customers.values().flat_map(|customer| &customer.charges);
                let of = charges
                    .find(|charge| Some(charge["id"].as_str().unwrap_or("")) == get("charge"));
                (200, list(of.map(|charge| charge["dispute"].clone()).into_iter().collect(), false))
            }
            ("checkout", "sessions", _) => {
                let intent = get("subscription").and_then(|of| self.intents.get(of));
                let session = intent.map(|intent| {
                    json!({"id": "cs_1", "object": "checkout.session", "payment_status": "paid", "client_reference_id": intent})
                });
                (200, list(session.into_iter().collect(), false))
            }
            other => panic!("nobody taught it {other:?}"),
        }
    }

    fn of(&self, id: &str, what: impl Fn(&Customer) -> &Vec<Value>) -> (u16, Value) {
        match self.customers.get(id) {
            Some(customer) if customer.is_deleted => (200, list(Vec::new(), false)),
            Some(customer) => (200, list(what(customer).clone(), false)),
            None => missing(),
        }
    }
}

fn missing() -> (u16, Value) {
    (404, json!({"error": {"type": "invalid_request_error", "code": "resource_missing"}}))
}

fn list(data: Vec<Value>, has_more: bool) -> Value {
    json!({"object": "list", "data": data, "has_more": has_more})
}

/// <https://docs.stripe.com/api/pagination>
fn page<'a>(all: &[&Value], get: &impl Fn(&str) -> Option<&'a str>) -> Value {
    let since = get("created[gte]").map_or(0, |text| text.parse().expect("a time"));
    let limit: usize = get("limit").map_or(10, |text| text.parse().expect("a number"));
    let mut all: Vec<&Value> =
        all.iter().copied().filter(|one| one["created"].as_i64() >= Some(since)).collect();
    if let Some(after) = get("starting_after") {
        let at = all.iter().position(|one| one["id"] == after).expect("what was listed before");
        all.drain(..=at);
    }
    let has_more = all.len() > limit;
    list(all.into_iter().take(limit.min(100)).cloned().collect(), has_more)
}
