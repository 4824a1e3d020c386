//! Stripe's objects as any of its versions since acacia shapes them.

use super::{Payment, Subscription};
use serde_json::Value;

/// How long before its subscription a first charge may have been made.
const CHARGE_BEFORE_SECONDS: i64 = 3_600;

/// Reads a subscription; payment, plan and whether it is accepted are not Stripe's to say.
///
/// Until acacia (2025-02-24) the period stands on the subscription, from basil (2025-03-31) on its items;
/// items may end at different times, then the latest counts. None for what is no subscription.
pub fn subscription(value: &Value) -> Option<Subscription> {
    let text = |at: &str| value.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let time = |at: &str| value.pointer(at).and_then(Value::as_i64);
    if text("/object") != "subscription" || text("/id").is_empty() {
        return None;
    }
    let status = text("/status");
    let since = latest(value, "current_period_start");
    Some(Subscription {
        id: text("/id"),
        past_due_since: since.filter(|_| status == "past_due"),
        status,
        price_id: text("/items/data/0/price/id"),
        amount: sum(value),
        currency: text("/items/data/0/price/currency"),
        interval: text("/items/data/0/price/recurring/interval"),
        period_ends_at: latest(value, "current_period_end"),
        trial_ends_at: time("/trial_end"),
        cancel_at: time("/cancel_at"),
        cancel_at_period_end: value.get("cancel_at_period_end").and_then(Value::as_bool)
            == Some(true),
        canceled_at: time("/canceled_at"),
        ended_at: time("/ended_at"),
        made_at: time("/created").unwrap_or_default(),
        ..Subscription::default()
    })
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.pointer("/items/data").and_then(Value::as_array).into_iter().flatten()
}

fn latest(value: &Value, name: &str) -> Option<i64> {
    let of_items = items(value).filter_map(|item| item.get(name)?.as_i64()).max();
    of_items.or_else(|| value.get(name)?.as_i64())
}

// One price, once: whoever has five of them or something beside has not what we sell.
fn sum(value: &Value) -> Option<i64> {
    let mut items = items(value);
    let (one, None) = (items.next()?, items.next()) else { return None };
    let quantity = one.get("quantity").and_then(Value::as_i64).unwrap_or(1);
    one.pointer("/price/unit_amount")?.as_i64().filter(|_| quantity == 1)
}

/// The charges of a list, newest first, as Stripe lists them.
pub fn charges(list: &Value) -> &[Value] {
    list.get("data").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What became of the last payment since a subscription was made; `charges` are its customer's, newest
/// first, each with its dispute in it.
pub fn payment(made_at: i64, charges: &[Value]) -> Payment {
    let since = made_at.saturating_sub(CHARGE_BEFORE_SECONDS);
    let is_its = |charge: &&Value| {
        let text = |name: &str| charge.get(name).and_then(Value::as_str);
        charge.get("created").and_then(Value::as_i64).is_some_and(|at| at >= since)
            && text("status") == Some("succeeded")
    };
    let Some(charge) = charges.iter().find(is_its) else { return Payment::Good };
    let is = |name: &str| charge.get(name).and_then(Value::as_bool) == Some(true);
    if is("refunded") {
        return Payment::Refunded;
    }
    match charge.pointer("/dispute/status").and_then(Value::as_str) {
        Some("lost") => Payment::Lost,
        // A warning is an inquiry that took no money.
        Some("needs_response" | "under_review") => Payment::Disputed,
        Some(_) => Payment::Good,
        None if is("disputed") => Payment::Disputed,
        None => Payment::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn price() -> Value {
        json!({"id": "price_1", "unit_amount": 500, "currency": "eur", "recurring": {"interval": "month"}})
    }

    #[test]
    fn every_version_says_when_its_period_ends() {
        let of_acacia = json!({
            "object": "subscription", "id": "sub_1", "status": "past_due", "created": 1,
            "current_period_start": 10, "current_period_end": 20, "cancel_at_period_end": false,
            "items": {"data": [{"price": price(), "quantity": 1}]},
        });
        let of_basil = json!({
            "object": "subscription", "id": "sub_1", "status": "past_due", "created": 1,
            "cancel_at_period_end": false, "items": {"data": [
                {"price": price(), "quantity": 1, "current_period_start": 10, "current_period_end": 20},
            ]},
        });
        let read = subscription(&of_acacia).unwrap();
        assert_eq!(read, subscription(&of_basil).unwrap());
        assert_eq!((read.period_ends_at, read.past_due_since), (Some(20), Some(10)));
        assert_eq!((read.amount, read.interval.as_str()), (Some(500), "month"));
    }

    #[test]
    fn items_that_end_at_different_times_count_until_the_last() {
        let item = |end: i64| json!({"price": price(), "current_period_end": end});
        let two = json!({"object": "subscription", "id": "sub_1", "items": {"data": [item(30), item(20)]}});
        let read = subscription(&two).unwrap();
        assert_eq!((read.period_ends_at, read.amount), (Some(30), None));
        let five = json!({"object": "subscription", "id": "s", "items": {"data": [{"price": price(), "quantity": 5}]}});
        assert_eq!(subscription(&five).unwrap().amount, None);
    }

    #[test]
    fn the_last_payment_counts() {
        let charge = |at: i64, more: Value| {
            let mut all =
                json!({"created": at, "status": "succeeded", "refunded": false, "disputed": false});
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let good = charge(9_000, json!({}));
        let back = charge(8_000, json!({"refunded": true}));
        let dispute =
            |status: &str| charge(8_000, json!({"disputed": true, "dispute": {"status": status}}));
        let failed = charge(9_500, json!({"status": "failed"}));
        for (charges, expected) in [
            (vec![], Payment::Good),
            (vec![good.clone(), back.clone()], Payment::Good),
            (vec![failed, back.clone()], Payment::Refunded),
            (vec![dispute("needs_response")], Payment::Disputed),
            (vec![dispute("lost")], Payment::Lost),
            (vec![dispute("won")], Payment::Good),
            (vec![dispute("warning_needs_response")], Payment::Good),
            (vec![charge(8_000, json!({"disputed": true, "dispute": "dp_1"}))], Payment::Disputed),
        ] {
            assert_eq!(payment(8_000, &charges), expected, "{charges:?}");
        }
        assert_eq!(payment(90_000, &[back]), Payment::Good, "that was for another subscription");
    }

    proptest! {
        #[test]
        fn nothing_in_it_breaks_it(text in ".{0,40}", number: i64) {
            for value in [json!(text), json!({"object": "subscription", "id": text, "items": number}),
                json!({"object": "subscription", "id": "a", "items": {"data": [number, text]}})] {
                let _ = subscription(&value);
                payment(number, &[value]);
            }
        }
    }
}
