//! Who pays for a plan while the power goes: what Stripe has in the end is what the person sees.

use super::writer::stranger;
use crate::{
    Result,
    demo::Visitor,
    http::Client,
    stack::{Runtime, Stack},
};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const NAME: &str = "payer";
/// What is paid for in turn, and what a person reads then.
const PRICES: [(&str, &str); 2] =
    [("price_pro_month", ">Pro<"), ("price_premium_month", ">Premium<")];
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody with a subscription.
pub struct Payer {
    visitor: Visitor,
    stripe: String,
    /// How often another price was chosen.
    switched: usize,
}

impl Payer {
    /// Signs up and pays at the stand-in for Stripe.
    pub fn begin(stack: &Stack, runtime: Runtime) -> Result<Self> {
        let stripe = stack.stripe.clone().ok_or("nothing stands in for Stripe")?;
        let email = format!("{NAME}@example.org");
        let fields = [("name", NAME), ("email", &*email), ("username", NAME)];
        let client = stranger(runtime, 2000);
        let mut visitor = Visitor::sign_up(client, &stack.origin, &stack.mailbox, &fields)?;
        visitor.send("/settings/billing/checkout", &[("price", "price_premium_month")])?;
        let payer = Self { visitor, stripe, switched: 0 };
        payer.tell("pay", json!({}), 0)?;
        Ok(payer)
    }

    /// Chooses the other price at Stripe, which then tells us, again and again until it hears a yes.
    pub fn switch(&mut self, ahead_seconds: i64) -> Result<()> {
        let (price, _) = PRICES[self.switched % PRICES.len()];
        self.switched += 1;
        self.tell("switch", json!({ "price": price }), ahead_seconds).map(|_| ())
    }

    /// What is still missing: an event that waits, or a page that says something else than Stripe.
    pub fn missing(&mut self, origin: &str, ahead_seconds: i64) -> Result<Option<String>> {
        let pending = self.tell("pending", json!({}), ahead_seconds)?;
        if pending["pending"] != 0 {
            return Ok(Some(format!("{} events of Stripe's wait", pending["pending"])));
        }
        let (_, words) = PRICES[(self.switched + PRICES.len() - 1) % PRICES.len()];
        let page = self.visitor.get(&format!("{origin}/settings/billing"))?;
        let is_there = page.text.contains(&format!("class=\"plan\"{words}"));
        Ok((!is_there).then(|| format!("the page of the plan does not say {words}")))
    }

    fn tell(&self, verb: &str, mut said: Value, ahead_seconds: i64) -> Result<Value> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|e| e.to_string())?;
        let now = i64::try_from(now.as_secs()).map_err(|e| e.to_string())?;
        said["now"] = json!(now + ahead_seconds);
        said["username"] = json!(NAME);
        let url = format!("{}/_stand/{verb}", self.stripe);
        let body = said.to_string();
        let answer =
            Client::new(PATIENCE).post(&url, "application/json", &self.stripe, body.as_bytes())?;
        if answer.status != 200 {
            return Err(format!("{verb} at the stand-in for Stripe: {}", answer.text));
        }
        serde_json::from_str(&answer.text).map_err(|e| e.to_string())
    }
}
