//! As much of Stripe's API as buying takes, for tests whose clock and faults are in memory.

use bytes::Bytes;
use http::{Method, Response};
use platform::Call;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use tests::{Browser, Memory, Pipit};

pub const MONTH: &str = "price_premium_month";
pub const YEAR: &str = "price_premium_year";
const DAY: i64 = 86_400;

/// What is sold: the free plan has one blog, the other one has three.
pub const SOLD: &[(&str, &str)] = &[
    (
        "STRIPE_PRICES",
        r#"{"price_premium_month":{"plan":"premium","amount":500,"currency":"eur","interval":"month"},
            "price_premium_year":{"plan":"premium","amount":5000,"currency":"eur","interval":"year"}}"#,
    ),
    (
        "PLANS",
        r#"{"free":{"title":"Free","blogs":1,"domain":false,"storage_mb":1},
            "premium":{"title":"Premium","blogs":3,"domain":true,"storage_mb":20000,"trial_days":14}}"#,
    ),
    ("STRIPE_API_BASE", "https://api.stripe.com"),
];

/// A call, as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub what: String,
    pub form: BTreeMap<String, String>,
    pub key: String,
}

#[derive(Default)]
struct Books {
    customers: Vec<Value>,
    sessions: Vec<Value>,
    subscriptions: Vec<Value>,
    charges: Vec<Value>,
    once: BTreeMap<String, Value>,
    asked: Vec<Asked>,
    page: Option<String>,
}

/// Stripe, as far as it goes.
#[derive(Clone, Default)]
pub struct Till {
    books: Rc<RefCell<Books>>,
}

/// A Pipit that sells, and its Stripe.
pub fn open() -> (Pipit, Till) {
    let pipit = Pipit::with(SOLD);
    let till = Till::default();
    let books = till.books.clone();
    let memory = pipit.memory().expect("it is in memory");
    memory.native.http.answer("https://api.stripe.com/", move |call| answer(&books, call));
    (pipit, till)
}

fn answer(books: &RefCell<Books>, call: &Call) -> Response<Bytes> {
    let books = &mut *books.borrow_mut();
    let header = |name: &str| {
        let mut found = call.headers.iter().filter(|(other, _)| other.as_str() == name);
        found.next().map(|(_, value)| value.to_str().unwrap_or_default().to_owned())
    };
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&call.body)
        .into_owned()
        .chain(call.url.query_pairs().into_owned())
        .collect();
    let key = header("idempotency-key").unwrap_or_default();
    let what = format!("{} {}", call.method, call.url.path());
    books.asked.push(Asked { what, form: form.clone(), key: key.clone() });
    let made = match books.once.get(&key) {
        Some(made) if !key.is_empty() => Some(made.clone()),
        _ => find(books, call, &form),
    };
    if let (Some(made), true) = (&made, call.method == Method::POST) {
        books.once.insert(key, made.clone());
    }
    let (status, body) = match made {
        Some(made) => (200, made),
        None => {
            (404, json!({"error": {"type": "invalid_request_error", "code": "resource_missing"}}))
        }
    };
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
}

fn find(books: &mut Books, call: &Call, form: &BTreeMap<String, String>) -> Option<Value> {
    let parts: Vec<&str> = call.url.path().trim_start_matches("/v1/").split('/').collect();
    let list = |all: &[Value], name: &str| {
        let its = all.iter().filter(|one| form.get(name).is_none_or(|id| one[name] == **id));
        Some(json!({"object": "list", "has_more": false, "data": its.cloned().collect::<Vec<_>>()}))
    };
    let is_post = call.method == Method::POST;
    match *parts {
        ["customers"] if is_post => {
            let id = format!("cus_{}", books.customers.len() + 1);
            let made = json!({"id": id, "object": "customer", "email": form["email"],
                "metadata": {"username": form["metadata[username]"]}});
            books.customers.push(made.clone());
            Some(made)
        }
        ["customers", id] => {
            let customer = books.customers.iter_mut().find(|one| one["id"] == id)?;
            if is_post {
                customer["email"] = form["email"].clone().into();
                customer["metadata"]["username"] = form["metadata[username]"].clone().into();
            }
            Some(customer.clone())
        }
        ["checkout", "sessions"] if is_post => {
            books
                .customers
                .iter()
                .find(|one| one["id"] == form["customer"] && one["deleted"].is_null())?;
            let id = format!("cs_test_{}", books.sessions.len() + 1);
            let page = books.page.clone();
            let page = page.unwrap_or_else(|| format!("https://checkout.stripe.com/c/pay/{id}"));
            let made = json!({"id": id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
                "url": page, "client_reference_id": form["client_reference_id"], "customer": form["customer"],
                "subscription": null, "form": form});
            books.sessions.push(made.clone());
            Some(made)
        }
        ["checkout", "sessions"] => list(&books.sessions, "subscription"),
        ["checkout", "sessions", id] => books.sessions.iter().find(|one| one["id"] == id).cloned(),
        ["checkout", "sessions", id, "expire"] => {
            let session = books.sessions.iter_mut().find(|one| one["id"] == id)?;
            session["status"] = "expired".into();
            Some(session.clone())
        }
        ["billing_portal", "sessions"] => {
            Some(json!({"id": "bps_1", "url": "https://billing.stripe.com/p/session/1"}))
        }
        ["subscriptions"] => list(&books.subscriptions, "customer"),
        ["subscriptions", id] => books.subscriptions.iter().find(|one| one["id"] == id).cloned(),
        ["charges"] => list(&books.charges, "customer"),
        _ => None,
    }
}

impl Till {
    /// The calls since the last time that somebody asked.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.books.borrow_mut().asked)
    }

    /// The calls that would make or change something.
    pub fn posts(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.what.starts_with("POST")).collect()
    }

    /// Where the page of the next checkout is said to be.
    pub fn lead_to(&self, page: &str) {
        self.books.borrow_mut().page = Some(page.to_owned());
    }

    /// The person pays on the page of the newest checkout.
    pub fn pay(&self, memory: &Memory) {
        let now = memory.native.clock.now().timestamp();
        let books = &mut *self.books.borrow_mut();
        let session = books.sessions.last_mut().expect("a checkout is open");
        let form = &session["form"];
        let days: i64 = form["subscription_data[trial_period_days]"]
            .as_str()
            .map_or(0, |days| days.parse().expect("days"));
        let price = form["line_items[0][price]"].as_str().expect("a price").to_owned();
        let (amount, interval, length) =
            if price == YEAR { (5000, "year", 365) } else { (500, "month", 30) };
        let end = now + DAY * if days > 0 { days } else { length };
        let id = format!("sub_{}", books.subscriptions.len() + 1);
        let trial_end = if days > 0 { end.into() } else { Value::Null };
        books.subscriptions.push(json!({
            "id": id, "object": "subscription", "customer": session["customer"], "created": now,
            "status": if days > 0 { "trialing" } else { "active" }, "trial_end": trial_end,
            "cancel_at_period_end": false, "cancel_at": null, "canceled_at": null, "ended_at": null,
            "items": {"data": [{"quantity": 1, "current_period_start": now, "current_period_end": end,
                "price": {"id": price, "unit_amount": amount, "currency": "eur", "recurring": {"interval": interval}}}]},
        }));
        session["status"] = "complete".into();
        session["payment_status"] = if days > 0 { "no_payment_required" } else { "paid" }.into();
        session["subscription"] = id.into();
        if days == 0 {
            let charge = json!({"id": format!("ch_{}", books.charges.len() + 1), "customer": session["customer"],
                "created": now, "status": "succeeded", "refunded": false, "disputed": false});
            books.charges.insert(0, charge);
        }
    }

    /// Something about the newest subscription becomes different.
    pub fn change(&self, change: impl FnOnce(&mut Value)) {
        change(self.books.borrow_mut().subscriptions.last_mut().expect("a subscription"));
    }

    /// Something about the newest charge becomes different.
    pub fn change_charge(&self, change: impl FnOnce(&mut Value)) {
        change(self.books.borrow_mut().charges.first_mut().expect("a charge"));
    }

    /// Something about the newest customer becomes different.
    pub fn change_customer(&self, change: impl FnOnce(&mut Value)) {
        change(self.books.borrow_mut().customers.last_mut().expect("a customer"));
    }
}

/// Has all customers read at Stripe again, as an event would.
pub fn tell(memory: &Memory) {
    let rows = memory.sql(vec![platform::sql("select id from customers", [])]);
    for row in &rows[0].rows {
        let id = row.text("id").expect("an id");
        let cx = memory.context();
        let asked = store::billing::ask(&cx, &id);
        futures_executor::block_on(asked).expect("the job is written");
    }
    memory.run_jobs();
}

/// Buys and pays, and Stripe tells of it.
#[track_caller]
pub fn buy(pipit: &Pipit, till: &Till, person: &Browser, price: &str) {
    person.post("/settings/billing/checkout", &[("price", price)]).expect(303);
    let memory = pipit.memory().expect("it is in memory");
    till.pay(memory);
    tell(memory);
}
