//! What is kept of an event of Stripe's, whether it holds its object (a snapshot) or only names it (thin).

use crate::datetime;
use serde_json::Value;

const ID_BYTES_MAX: usize = 255;
const CUSTOMER: &str = "cus_";

/// The types that change what an account has, or what is said to its owner.
const KINDS: &[&str] = &[
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.refunded",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.deleted",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.subscription.updated",
    "customer.updated",
    "invoice.finalization_failed",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "payment_method.automatically_updated",
    "payment_method.detached",
];

/// What is kept of an event; what it says about its object is only a hint to look that up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `evt_…`, the key by which a second delivery is known.
    pub id: String,
    /// Stripe's name of the type, for example `invoice.paid`.
    pub kind: String,
    /// Unix seconds.
    pub created: i64,
    /// The id of the object that the event is about, where it has one.
    pub object_id: Option<String>,
    /// The customer that it names, a hint of whom to look up; thin events and disputes name none.
    pub customer_id: Option<String>,
    /// The version of Stripe's API that shaped the event; thin events have none.
    pub api_version: Option<String>,
    /// False for events of a sandbox.
    pub livemode: bool,
}

/// Is there anything to do after an event of this type?
pub fn matters(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// Reads an event from a body whose signature was good: one of the v1 API with its object in it, or
/// a thin one of the v2 API.
///
/// # Errors
/// What is wrong with the body, in words.
pub fn event(body: &[u8]) -> Result<Event, &'static str> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "The body is not an event.")?;
    let read = match text(&value, "/object") {
        Some("event") => snapshot(&value),
        Some("v2.core.event") => thin(&value),
        _ => return Err("The body is not an event."),
    };
    let event = read.ok_or("The event lacks its id, type, time or mode.")?;
    let (object_id, customer_id) = (event.object_id.as_deref(), event.customer_id.as_deref());
    let fits = |text: &str| !text.is_empty() && text.len() <= ID_BYTES_MAX;
    let is_usable = fits(&event.id)
        && fits(&event.kind)
        && object_id.is_none_or(fits)
        && customer_id.is_none_or(fits)
        && event.api_version.as_deref().is_none_or(fits);
    if is_usable {
        Ok(event)
    } else {
        Err("The event has an id or a type that Stripe does not make.")
    }
}

// <https://docs.stripe.com/api/events/object>
fn snapshot(value: &Value) -> Option<Event> {
    value.pointer("/data/object").filter(|object| object.is_object())?;
    Some(Event {
        id: text(value, "/id")?.to_owned(),
        kind: text(value, "/type")?.to_owned(),
        created: value.get("created")?.as_i64()?,
        object_id: text(value, "/data/object/id").map(str::to_owned),
        customer_id: customer(value),
        api_version: text(value, "/api_version").map(str::to_owned),
        livemode: value.get("livemode")?.as_bool()?,
    })
}

// <https://docs.stripe.com/api/v2/core/events/object>. While an endpoint is moved to thin events each
// comes beside its snapshot and names it; the two are one, under the snapshot's id and type.
fn thin(value: &Value) -> Option<Event> {
    let kind = text(value, "/type")?;
    let id = text(value, "/snapshot_event").or_else(|| text(value, "/id"))?;
    Some(Event {
        id: id.to_owned(),
        kind: kind.strip_prefix("v1.").unwrap_or(kind).to_owned(),
        created: datetime::parse_rfc3339(text(value, "/created")?)?,
        object_id: text(value, "/related_object/id").map(str::to_owned),
        customer_id: text(value, "/related_object/id")
            .filter(|id| id.starts_with(CUSTOMER))
            .map(str::to_owned),
        api_version: None,
        livemode: value.get("livemode")?.as_bool()?,
    })
}

// The object is the customer, or names it, whole where the endpoint was told to expand it.
fn customer(value: &Value) -> Option<String> {
    let names = ["/data/object/customer", "/data/object/customer/id", "/data/object/id"];
    let mut ids = names.iter().filter_map(|at| text(value, at));
    ids.find(|id| id.starts_with(CUSTOMER)).map(str::to_owned)
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn snapshot_of_an_invoice() -> Value {
        json!({
            "id": "evt_1", "object": "event", "type": "invoice.paid", "created": 5, "livemode": false,
            "api_version": "2026-07-29.dahlia", "data": {"object": {"id": "in_1", "customer": "cus_1"}},
        })
    }

    fn thin_of_an_invoice() -> Value {
        json!({
            "id": "evt_2", "object": "v2.core.event", "type": "v1.invoice.paid",
            "created": "2026-11-22T14:05:00.123Z", "livemode": true, "context": null,
            "related_object": {"id": "in_1", "type": "invoice", "url": "/v1/invoices/in_1"},
        })
    }

    fn read(value: &Value) -> Result<Event, &'static str> {
        event(value.to_string().as_bytes())
    }

    fn changed(mut value: Value, name: &str, to: Value) -> Value {
        value[name] = to;
        value
    }

    #[test]
    fn a_snapshot_is_read() {
        let expected = Event {
            id: "evt_1".into(),
            kind: "invoice.paid".into(),
            created: 5,
            object_id: Some("in_1".into()),
            customer_id: Some("cus_1".into()),
            api_version: Some("2026-07-29.dahlia".into()),
            livemode: false,
        };
        assert_eq!(read(&snapshot_of_an_invoice()), Ok(expected));
    }

    #[test]
    fn a_snapshot_may_lack_version_and_object_id() {
        let bare = changed(snapshot_of_an_invoice(), "api_version", Value::Null);
        let found = read(&changed(bare, "data", json!({"object": {}}))).unwrap();
        assert_eq!((found.object_id, found.api_version), (None, None));
    }

    #[test]
    fn a_thin_event_is_read() {
        let expected = Event {
            id: "evt_2".into(),
            kind: "invoice.paid".into(),
            created: 1_795_356_300,
            object_id: Some("in_1".into()),
            customer_id: None,
            api_version: None,
            livemode: true,
        };
        assert_eq!(read(&thin_of_an_invoice()), Ok(expected));
        let about_nothing = changed(thin_of_an_invoice(), "related_object", Value::Null);
        assert_eq!(read(&about_nothing).unwrap().object_id, None);
    }

    #[test]
    fn a_thin_event_and_its_snapshot_are_one() {
        let thin = read(&changed(thin_of_an_invoice(), "snapshot_event", json!("evt_1"))).unwrap();
        let snapshot = read(&snapshot_of_an_invoice()).unwrap();
        assert_eq!((thin.id, thin.kind), (snapshot.id, snapshot.kind));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for body in ["", "{}", "[]", "null", "\"event\"", "{\"object\":\"event\"}", "\u{feff}{}"] {
            assert!(event(body.as_bytes()).is_err(), "{body}");
        }
        assert!(event(b"{\"object\":\"event\",\"id\":\"\xff\"}").is_err());
        let long = json!("e".repeat(256));
        for (name, to) in [
            ("object", json!("invoice")),
            ("id", json!("")),
            ("id", long.clone()),
            ("type", json!("")),
            ("type", long),
            ("created", json!(true)),
            ("livemode", json!("false")),
        ] {
            for whole in [snapshot_of_an_invoice(), thin_of_an_invoice()] {
                assert!(read(&changed(whole, name, to.clone())).is_err(), "{name}: {to}");
            }
        }
        // Each kind has times of its own, and only one has an object in it.
        assert!(
            read(&changed(snapshot_of_an_invoice(), "created", json!("2026-11-22T14:05:00Z")))
                .is_err()
        );
        assert!(read(&changed(thin_of_an_invoice(), "created", json!(5))).is_err());
        assert!(read(&changed(snapshot_of_an_invoice(), "data", Value::Null)).is_err());
        assert!(
            read(&changed(snapshot_of_an_invoice(), "object", json!("v2.core.event"))).is_err()
        );
        assert!(read(&changed(thin_of_an_invoice(), "object", json!("event"))).is_err());
    }

    #[test]
    fn what_stripe_may_send_beside_does_not_matter() {
        for kind in ["invoice.paid", "customer.subscription.paused", "charge.dispute.closed"] {
            assert!(matters(kind), "{kind}");
        }
        for kind in
            ["", "invoice", "invoice.created", "v2.core.event_destination.ping", "v1.invoice.paid"]
        {
            assert!(!matters(kind), "{kind}");
        }
    }

    proptest! {
        #[test]
        fn no_body_breaks_it(body: Vec<u8>) {
            prop_assert!(event(&body).is_err());
        }
    }
}
