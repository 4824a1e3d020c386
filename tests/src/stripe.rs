//! Stripe, as the tests have it: `tests/fixtures/stripe`, a process of its own that shares no code with
//! ours, and what a test tells it to do.

use crate::{Ask, Browser, Pipit, elsewhere, pipit::Place};
use serde_json::{Value, json};
use std::{
    cell::Cell,
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What it is called in memory, whatever its port really is; `STRIPE_API_BASE` of the tests.
const ORIGIN: &str = "http://localhost:8030";
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Stripe's side. In memory it is this test's alone and begins empty; on a runtime all tests share it.
pub struct Stripe<'a> {
    pipit: &'a Pipit,
    address: String,
    agent: ureq::Agent,
    // Ends with the test.
    child: Option<Child>,
    delivers: Cell<bool>,
}

impl<'a> Stripe<'a> {
    /// The Stripe that this Pipit speaks to.
    #[track_caller]
    pub fn of(pipit: &'a Pipit) -> Self {
        let agent = elsewhere::agent(Duration::from_secs(30), 1);
        let delivers = Cell::new(true);
        match pipit.world().place() {
            Place::Remote(_) => {
                let address = env::var("PIPIT_STRIPE").expect("PIPIT_STRIPE goes with PIPIT_URL");
                Self { pipit, address, agent, child: None, delivers }
            }
            Place::Memory(memory) => {
                let (child, address) = start();
                let (caller, to) = (agent.clone(), address.clone());
                let clock = memory.native.clock.clone();
                memory.native.http.answer(&format!("{ORIGIN}/"), move |call| {
                    let now = clock.now().timestamp().to_string();
                    elsewhere::pass_on(&caller, &to, call, &[("x-stand-now", &now)])
                });
                Self { pipit, address, agent, child: Some(child), delivers }
            }
        }
    }

    /// Does `verb` of its control (`tests/fixtures/stripe/control.py` says what there is), then delivers
    /// the events of it in memory; on a runtime Stripe does by itself.
    #[track_caller]
    pub fn tell(&self, verb: &str, said: Value) -> Value {
        let answer = self.ask(verb, said);
        self.deliver();
        answer
    }

    /// The same without a delivery.
    #[track_caller]
    pub fn ask(&self, verb: &str, mut said: Value) -> Value {
        if let Some(memory) = self.pipit.memory() {
            said["now"] = json!(memory.native.clock.now().timestamp());
        }
        let url = format!("{}/_stand/{verb}", self.address);
        let sent = self.agent.post(url).send(said.to_string());
        let mut answer = sent.unwrap_or_else(|error| panic!("{verb} {said}: {error}"));
        let body = answer.body_mut().with_config().limit(64 << 20).read_to_string();
        let body = body.unwrap_or_else(|error| panic!("{verb} {said}: {error}"));
        assert_eq!(answer.status(), 200, "{verb} {said}: {body}");
        serde_json::from_str(&body).expect("it answers in JSON")
    }

    /// In memory events are delivered after each thing that was told; not from now on.
    pub fn hold_deliveries(&self) {
        self.delivers.set(false);
    }

    /// Delivers in memory what is due, unless it is held; what gets no 2xx comes again the next time.
    #[track_caller]
    pub fn deliver(&self) {
        if self.delivers.get() {
            self.deliver_now();
        }
    }

    /// Delivers in memory what is due, and returns what Pipit answered.
    #[track_caller]
    pub fn deliver_now(&self) -> Vec<u16> {
        self.delivers.set(true);
        if self.pipit.memory().is_none() {
            return Vec::new();
        }
        let taken = self.ask("take", json!({}));
        let deliveries = taken["deliveries"].as_array().cloned().unwrap_or_default();
        let statuses: Vec<u16> = deliveries.iter().map(|one| self.post(one)).collect();
        let went = deliveries.iter().zip(&statuses);
        let went: Vec<Value> =
            went.map(|(one, status)| json!({ "delivery": one, "status": status })).collect();
        self.ask("took", json!({ "deliveries": went }));
        statuses
    }

    /// As Stripe's servers send it: no origin, no cookie.
    fn post(&self, delivery: &Value) -> u16 {
        let text = |name: &str| delivery[name].as_str().unwrap_or_default().to_owned();
        let ask = Ask::body("/webhooks/stripe", "application/json", text("body"));
        self.pipit.program(ask.with("stripe-signature", &text("signature"))).status
    }

    /// The customer of an account, from its first checkout or portal on.
    pub fn customer(&self, person: &Browser) -> Customer<'_> {
        Customer { stripe: self, username: person.username.clone() }
    }

    /// How often each path of the API was asked, of the requests that hold these words.
    pub fn requests(&self, about: &str) -> Value {
        self.ask("requests", json!({ "about": about }))["counts"].clone()
    }

    /// Lets the next requests that hold these words fail: with a status, or with 0 by a broken line.
    pub fn fail(&self, about: &str, status: u16, times: u32) {
        self.ask("fault", json!({ "about": about, "status": status, "times": times }));
    }

    /// Ends such failures.
    pub fn calm(&self, about: &str) {
        self.ask("calm", json!({ "about": about }));
    }
}

impl Drop for Stripe<'_> {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One customer at Stripe: what this person does there, and what happens to them.
pub struct Customer<'a> {
    stripe: &'a Stripe<'a>,
    username: String,
}

impl Customer<'_> {
    #[track_caller]
    fn tell(&self, verb: &str, mut said: Value) -> Value {
        said["username"] = json!(self.username);
        self.stripe.tell(verb, said)
    }

    /// `cus_…`
    #[track_caller]
    pub fn id(&self) -> String {
        let found = self.tell("find", json!({}));
        found["customer"].as_str().expect("it has an id").to_owned()
    }

    /// Goes through the open checkout session with a card.
    #[track_caller]
    pub fn pays(&self) -> Value {
        self.tell("pay", json!({ "method": "card" }))
    }

    /// Goes through it with a payment that takes days; see [`Self::payment_settles`].
    #[track_caller]
    pub fn pays_by_bank(&self) -> Value {
        self.tell("pay", json!({ "method": "sepa_debit" }))
    }

    /// Goes through it without a payment method, for a trial that allows that.
    #[track_caller]
    pub fn begins_without_card(&self) -> Value {
        self.tell("pay", json!({ "method": "none" }))
    }

    /// The payment by bank comes, or does not.
    #[track_caller]
    pub fn payment_settles(&self, good: bool) {
        self.tell("settle", json!({ "good": good }));
    }

    /// The open checkout session ends.
    #[track_caller]
    pub fn leaves_checkout(&self) {
        self.tell("expire", json!({}));
    }

    /// Stripe's time passes for this customer: trials end, periods are renewed, payments tried again.
    #[track_caller]
    pub fn days_pass(&self, days: i64) {
        self.tell("advance", json!({ "seconds": days.saturating_mul(DAY) }));
    }

    /// From now on payments `succeed`, `fail`, fail for good (`hard`), or want `action` of the person.
    #[track_caller]
    pub fn payments(&self, outcome: &str) {
        self.tell("manner", json!({ "payments": outcome }));
    }

    /// What Stripe does when the last try failed: `cancel`, `unpaid` or `past_due`.
    #[track_caller]
    pub fn after_dunning(&self, wish: &str) {
        self.tell("manner", json!({ "after_dunning": wish }));
    }

    /// Gives another card in the portal, and what is open is paid.
    #[track_caller]
    pub fn pays_with_another_card(&self) {
        self.tell("recover", json!({}));
    }

    /// Takes another price.
    #[track_caller]
    pub fn switches_to(&self, price: &str) {
        self.tell("switch", json!({ "price": price }));
    }

    /// Cancels: `now`, at the `period_end`, or the same as `cancel_at`, which is how the portal says it
    /// since 2025-09-30.clover.
    #[track_caller]
    pub fn cancels(&self, when: &str) {
        self.tell("cancel", json!({ "when": when }));
    }

    /// Takes the cancellation back.
    #[track_caller]
    pub fn keeps(&self) {
        self.tell("keep", json!({}));
    }

    /// The subscription is paused, as after a trial without a payment method.
    #[track_caller]
    pub fn is_paused(&self) {
        self.tell("pause", json!({}));
    }

    /// Somebody pauses collecting in Stripe's dashboard, which changes no status.
    #[track_caller]
    pub fn collection_is_paused(&self) {
        self.tell("pause_collection", json!({ "pause": { "behavior": "void" } }));
    }

    /// Goes on after a pause, with a card.
    #[track_caller]
    pub fn resumes(&self) {
        self.tell("resume", json!({}));
    }

    /// The newest payment is paid back, all of it or so much.
    #[track_caller]
    pub fn is_refunded(&self, amount: Option<i64>) {
        self.tell("refund", json!({ "amount": amount }));
    }

    /// The bank takes the newest payment back for the person.
    #[track_caller]
    pub fn disputes(&self) {
        self.tell("dispute", json!({}));
    }

    /// The dispute is decided: `won` is for us.
    #[track_caller]
    pub fn dispute_is_decided(&self, won: bool) {
        self.tell("close", json!({ "won": won }));
    }

    /// Somebody deletes the customer at Stripe.
    #[track_caller]
    pub fn is_deleted(&self) {
        self.tell("delete", json!({}));
    }

    /// Events are delivered (`on`), wait for [`Self::released`] (`held`), or never come (`off`).
    #[track_caller]
    pub fn delivery(&self, mode: &str) {
        self.tell("manner", json!({ "delivery": mode }));
    }

    /// Events come as a `snapshot`, `thin`, or as `both`.
    #[track_caller]
    pub fn form(&self, form: &str) {
        self.tell("manner", json!({ "form": form }));
    }

    /// Events come in the shapes of this version of the API.
    #[track_caller]
    pub fn version(&self, version: &str) {
        self.tell("manner", json!({ "version": version }));
    }

    /// Lets go what was held, so many times each and in the order that the seed makes; others come as
    /// they happen from now on.
    #[track_caller]
    pub fn released(&self, seed: u64, times: u32) {
        self.tell("release", json!({ "seed": seed, "times": times }));
    }

    /// Sends everything that ever happened once more.
    #[track_caller]
    pub fn repeated(&self, seed: u64, times: u32) {
        self.tell("again", json!({ "seed": seed, "times": times }));
    }

    /// Everything that Stripe has of the customer, the newest first: `subscription`, `invoice`, `charge`,
    /// `dispute`, `checkout.session`, `event`, each a list.
    #[track_caller]
    pub fn state(&self) -> Value {
        self.tell("state", json!({}))
    }

    /// The newest subscription as Stripe has it.
    #[track_caller]
    pub fn subscription(&self) -> Value {
        self.state()["subscription"][0].clone()
    }

    /// Waits until Pipit has acknowledged every event of the customer.
    #[track_caller]
    pub fn delivered(&self) {
        let began = Instant::now();
        while self.tell("pending", json!({}))["pending"] != 0 {
            assert!(began.elapsed() < PATIENCE, "events are refused: {}", self.tries());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// How each delivery went: `event`, `status` and `at` (Unix seconds).
    #[track_caller]
    pub fn tries(&self) -> Value {
        let id = self.id();
        self.stripe.ask("pending", json!({ "customer": id }))["tries"].clone()
    }
}

/// Starts it on a free port; returns where it listens.
fn start() -> (Child, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stripe");
    let mut command = Command::new(python());
    command.arg("-B").arg(script).args(["--port", "0", "--origin", ORIGIN]);
    if env::var_os("PIPIT_PYTHON").is_some() {
        command.arg("--official");
    }
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("python3 starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output is ours");
    BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
    (child, format!("http://127.0.0.1:{}", line.trim()))
}

/// The Python that has Stripe's library to sign with, where `cargo xtask test` has made one. Any other
/// does for the rest.
fn python() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").unwrap_or_default().join(".cache");
    let made = || set("XDG_CACHE_HOME").unwrap_or_else(home).join("pipit/clients/bin/python");
    set("PIPIT_PYTHON").unwrap_or_else(|| {
        let made = made();
        if made.is_file() { made } else { PathBuf::from("python3") }
    })
}
