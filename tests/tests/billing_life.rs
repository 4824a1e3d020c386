//! A whole life with Stripe: each step happens at Stripe, its events come in, and Pipit says what is so.

use serde_json::json;
use tests::{Pipit, Stripe};

#[test]
fn stripes_stand_in_answers() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let made = stripe.ask(
        "make",
        json!({ "people": [
        { "username": pipit.name("ann"), "reference": "r", "price": "price_premium_month" },
    ] }),
    );
    assert!(made["made"][0]["customer"].as_str().is_some_and(|id| id.starts_with("cus_")));
}
