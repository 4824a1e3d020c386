//! Stripe as one customer sees it: a life that goes on step by step, with the events of each step.

use bytes::Bytes;
use futures_executor::block_on;
use http::Response;
use platform::{Call, Context, sql};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use tests::Pipit;

const DAY: i64 = 86_400;
const BEGAN: i64 = 1_800_000_000;

#[derive(Default)]
struct Account {
    step: usize,
    subscription: Value,
    charges: Vec<Value>,
    session: Value,
    is_gone: bool,
}

const PRICES: &str = r#"{
    "price_month": {"plan": "pro", "amount": 500, "currency": "eur", "interval": "month"},
    "price_year": {"plan": "pro", "amount": 5000, "currency": "eur", "interval": "year"}
}"#;

type Known = Rc<RefCell<BTreeMap<String, Account>>>;

/// All customers there are.
pub struct Stripe {
    known: Known,
    is_down: Rc<RefCell<bool>>,
}

/// One customer.
pub struct Life {
    known: Known,
    customer_id: String,
    /// Ours.
    pub account_id: String,
    /// Where mails about it go.
    pub email: String,
}

impl Stripe {
    /// A Pipit that sells two prices of one plan, and Stripe beside it.
    pub fn start() -> (Pipit, Self) {
        let settings = [("STRIPE_API_BASE", "https://api.stripe.com"), ("STRIPE_PRICES", PRICES)];
        let pipit = Pipit::with(&settings);
        let stripe = Self::beside(&pipit);
        (pipit, stripe)
    }

    fn beside(pipit: &Pipit) -> Self {
        let (known, is_down): (Known, Rc<RefCell<bool>>) = Default::default();
        let (answering, down) = (known.clone(), is_down.clone());
        let memory = pipit.memory().expect("it is in memory");
        memory.native.http.answer("https://api.stripe.com/v1/", move |call| {
            if *down.borrow() {
                return answer(500, &json!({"error": {"type": "api_error"}}));
            }
            reply(&answering.borrow(), call)
        });
        Self { known, is_down }
    }

    pub fn be_down(&self, is_down: bool) {
        *self.is_down.borrow_mut() = is_down;
    }

    /// Somebody who was sent to a checkout of ours.
    pub fn customer(&self, pipit: &Pipit) -> Life {
        let number = self.known.borrow().len();
        let (customer_id, intent) = (format!("cus_{number}"), format!("intent{number}"));
        let person = pipit.sign_up(&format!("payer{number}"));
        let memory = pipit.memory().expect("it is in memory");
        let text = "select account_id from blogs where username = ?1";
        let rows = memory.sql(vec![sql(text, [person.username.as_str().into()])]);
        let account_id = rows[0].rows[0].text("account_id").unwrap();
        let intend = "insert into checkout_intents (id, account_id, customer_id, price_id, plan, trial_days, made_at, state)
                      values (?1, ?2, ?3, 'price_month', 'pro', 14, 0, 'open')";
        block_on(store::billing::insert_customer(&memory.context(), &customer_id, &account_id))
            .unwrap();
        let params =
            [intent.as_str().into(), account_id.as_str().into(), customer_id.as_str().into()];
        memory.sql(vec![sql(intend, params)]);
        let session = json!({"id": format!("cs_{number}"), "object": "checkout.session",
            "customer": customer_id, "client_reference_id": intent, "payment_status": "no_payment_required"});
        let account = Account { session, ..Account::default() };
        self.known.borrow_mut().insert(customer_id.clone(), account);
        Life { known: self.known.clone(), customer_id, account_id, email: person.email.clone() }
    }
}

impl Life {
    /// How many steps a life has.
    pub fn steps(&self) -> usize {
        STEPS.len()
    }

    /// Lets the next thing happen, and answers with the events of it; after the end nothing happens.
    pub fn step(&self) -> Vec<Value> {
        let mut known = self.known.borrow_mut();
        let account = known.get_mut(&self.customer_id).unwrap();
        let Some((kinds, happen)) = STEPS.get(account.step) else { return Vec::new() };
        account.step += 1;
        if account.subscription.is_null() {
            account.subscription = subscription(&self.customer_id);
        }
        happen(account);
        let number = account.step;
        kinds.iter().map(|kind| self.event(kind, number, account)).collect()
    }

    // In whatever state the object was then: nobody may believe it.
    fn event(&self, kind: &str, step: usize, account: &Account) -> Value {
        let id = format!("evt_{}_{step}_{kind}", self.customer_id).replace('.', "_");
        let object = match kind.split('.').next() {
            Some("checkout") => account.session.clone(),
            Some("charge") if kind.contains("dispute") => {
                json!({"id": format!("dp_{}", self.customer_id), "object": "dispute"})
            }
            Some("customer") => account.subscription.clone(),
            _ => json!({"id": "in_1", "object": "invoice", "customer": self.customer_id}),
        };
        json!({"id": id, "object": "event", "type": kind, "created": BEGAN, "livemode": false,
            "api_version": "2026-07-29.dahlia", "data": {"object": object}})
    }

    /// The event arrives, its signature was good.
    pub fn deliver(&self, pipit: &Pipit, event: &Value) {
        let memory = pipit.memory().expect("it is in memory");
        block_on(self.arrive(&memory.context(), event));
    }

    /// The same, among other things that go on.
    pub async fn arrive(&self, cx: &Context, event: &Value) {
        let event = domain::stripe::event(event.to_string().as_bytes()).unwrap();
        store::stripe_event::insert(cx, &event, "received").await.unwrap();
    }

    pub fn subscription(&self) -> Value {
        self.known.borrow().get(&self.customer_id).unwrap().subscription.clone()
    }

    pub fn subscription_id(&self) -> String {
        format!("sub_{}", self.customer_id)
    }

    /// Our word for what became of the last payment.
    pub fn payment(&self) -> &'static str {
        match self.known.borrow()[&self.customer_id].charges.first() {
            Some(charge) if charge["refunded"] == true => "refunded",
            Some(charge) if charge["dispute"]["status"] == "needs_response" => "disputed",
            _ => "good",
        }
    }

    /// What a person should have then.
    pub fn access(&self) -> &'static str {
        match self.subscription()["status"].as_str().unwrap() {
            _ if self.payment() == "refunded" => "none",
            "trialing" | "active" => "full",
            "past_due" => "past_due",
            _ => "none",
        }
    }

    /// Spoils the checkout.
    pub fn falsify(&self, name: &str) {
        let mut known = self.known.borrow_mut();
        let account = known.get_mut(&self.customer_id).unwrap();
        match name {
            "nothing there" => account.session = Value::Null,
            "payment_status" => account.session[name] = json!("unpaid"),
            _ => account.session[name] = json!("somebody-elses"),
        }
    }

    pub fn pay_with_the_intent_of(&self, other: &Life) {
        let mut known = self.known.borrow_mut();
        let theirs = known[&other.customer_id].session["client_reference_id"].clone();
        known.get_mut(&self.customer_id).unwrap().session["client_reference_id"] = theirs;
    }

    /// Changes the subscription at a place.
    pub fn change(&self, place: &str, value: Value) {
        let mut known = self.known.borrow_mut();
        let account = known.get_mut(&self.customer_id).unwrap();
        *account.subscription.pointer_mut(place).unwrap() = value;
    }

    /// Somebody deletes the customer at Stripe.
    pub fn vanish(&self) -> Value {
        let mut known = self.known.borrow_mut();
        let account = known.get_mut(&self.customer_id).unwrap();
        account.is_gone = true;
        account.subscription["status"] = json!("canceled");
        json!({"id": format!("evt_{}_gone", self.customer_id), "object": "event", "type": "customer.deleted",
            "created": BEGAN, "livemode": false, "data": {"object": {"id": self.customer_id, "object": "customer"}}})
    }
}

type Step = (&'static [&'static str], fn(&mut Account));

/// A life: what happens, and the events that Stripe makes of it.
const STEPS: &[Step] = &[
    (&["customer.subscription.created", "checkout.session.completed", "invoice.paid"], |_| {}),
    (&["customer.subscription.updated", "invoice.paid"], |a| {
        set(a, "active");
        pay(a);
    }),
    (&["customer.subscription.updated", "invoice.paid"], |a| {
        until(a, 60);
        pay(a);
    }),
    (&["customer.subscription.updated"], |a| {
        a.subscription["items"]["data"][0]["price"] = price("price_year", 5000, "year");
        until(a, 365);
    }),
    (&["invoice.payment_failed", "customer.subscription.updated"], |a| set(a, "past_due")),
    (&["invoice.paid", "customer.subscription.updated"], |a| {
        set(a, "active");
        pay(a);
    }),
    (&["customer.subscription.updated"], |a| a.subscription["cancel_at_period_end"] = json!(true)),
    (&["customer.subscription.updated"], |a| a.subscription["cancel_at_period_end"] = json!(false)),
    (&["customer.subscription.paused"], |a| set(a, "paused")),
    (&["customer.subscription.resumed"], |a| set(a, "active")),
    (&["charge.dispute.created"], |a| {
        a.charges[0]["disputed"] = json!(true);
        a.charges[0]["dispute"] = json!({"status": "needs_response"});
    }),
    (&["charge.dispute.closed"], |a| a.charges[0]["dispute"]["status"] = json!("won")),
    (&["charge.refunded"], |a| a.charges[0]["refunded"] = json!(true)),
    (&["customer.subscription.deleted"], |a| set(a, "canceled")),
];

fn set(account: &mut Account, status: &str) {
    account.subscription["status"] = json!(status);
}

fn until(account: &mut Account, days: i64) {
    let item = &mut account.subscription["items"]["data"][0];
    item["current_period_end"] = json!(BEGAN + days * DAY);
}

fn pay(account: &mut Account) {
    let number = i64::try_from(account.charges.len()).unwrap();
    let charge = json!({"object": "charge", "status": "succeeded", "refunded": false, "disputed": false,
        "dispute": null, "created": BEGAN + number});
    account.charges.insert(0, charge);
}

fn price(id: &str, amount: i64, interval: &str) -> Value {
    json!({"id": id, "unit_amount": amount, "currency": "eur", "recurring": {"interval": interval}})
}

fn subscription(customer_id: &str) -> Value {
    json!({
        "id": format!("sub_{customer_id}"), "object": "subscription", "customer": customer_id, "status": "trialing",
        "created": BEGAN, "cancel_at_period_end": false, "cancel_at": null, "trial_end": BEGAN + 14 * DAY,
        "items": {"data": [{"price": price("price_month", 500, "month"), "quantity": 1,
            "current_period_start": BEGAN, "current_period_end": BEGAN + 30 * DAY}]},
    })
}

fn reply(known: &BTreeMap<String, Account>, call: &Call) -> Response<Bytes> {
    let query: BTreeMap<_, _> = call.url.query_pairs().collect();
    let asked = |name: &str| query.get(name).map(ToString::to_string).unwrap_or_default();
    let path: Vec<&str> = call.url.path().trim_start_matches("/v1/").split('/').collect();
    let list =
        |data: Vec<Value>| answer(200, &json!({"object": "list", "has_more": false, "data": data}));
    let there = |value: &Value| if value.is_null() { vec![] } else { vec![value.clone()] };
    let of = |id: &str| known.get(id);
    match path.as_slice() {
        ["subscriptions"] => match of(&asked("customer")) {
            Some(one) if one.is_gone => list(vec![]),
            Some(one) => list(there(&one.subscription)),
            None => missing(),
        },
        ["subscriptions", id] => match of(id.trim_start_matches("sub_")) {
            Some(one) => answer(200, &one.subscription),
            None => missing(),
        },
        ["charges"] => of(&asked("customer")).map_or_else(missing, |one| list(one.charges.clone())),
        ["checkout", "sessions"] => {
            let one = of(asked("subscription").trim_start_matches("sub_"));
            one.map_or_else(missing, |one| list(there(&one.session)))
        }
        ["disputes", id] => {
            let customer = id.trim_start_matches("dp_");
            answer(200, &json!({"id": id, "charge": {"id": "ch_1", "customer": customer}}))
        }
        ["customers", id] => of(id).map_or_else(missing, |one| {
            answer(200, &json!({"id": id, "object": "customer", "deleted": one.is_gone}))
        }),
        other => panic!("nothing is known of {other:?}"),
    }
}

fn missing() -> Response<Bytes> {
    answer(404, &json!({"error": {"type": "invalid_request_error", "code": "resource_missing"}}))
}

fn answer(status: u16, value: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(value.to_string())).unwrap()
}
