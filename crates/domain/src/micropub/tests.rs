//! What requests of both syntaxes become, and that none of them is ever too much.

use super::*;
use proptest::prelude::*;
use serde_json::json;

#[track_caller]
fn created(action: Result<Action, &'static str>) -> Properties {
    match action {
        Ok(Action::Create(properties)) => properties,
        other => panic!("not a new post: {other:?}"),
    }
}

#[track_caller]
fn entry(value: Value) -> Entry {
    let body = json!({ "type": ["h-entry"], "properties": value }).to_string();
    Entry::of(&created(of_json(body.as_bytes()))).expect("it can be posted")
}

fn refused(value: Value) -> Option<&'static str> {
    let body = json!({ "properties": value }).to_string();
    match of_json(body.as_bytes()) {
        Ok(Action::Create(properties)) => Entry::of(&properties).err(),
        Ok(_) => None,
        Err(words) => Some(words),
    }
}

/// What becomes of these properties by an update, or why it is refused.
fn updated(before: Value, update: Value) -> Result<Value, &'static str> {
    let mut request = json!({ "action": "update", "url": "https://ann.example/1" });
    if let (Value::Object(request), Value::Object(update)) = (&mut request, update) {
        request.extend(update);
    }
    let Action::Update { changes, .. } = of_json(request.to_string().as_bytes())? else {
        panic!("not an update: {request}");
    };
    let Value::Object(mut properties) = before else { panic!("not properties: {before}") };
    changes.apply(&mut properties)?;
    Ok(Value::Object(properties))
}

#[test]
fn a_form_and_json_say_the_same() {
    let form = of_form([
        ("h", "entry"),
        ("content", "Hello"),
        ("category[]", "one"),
        ("category[]", "two"),
        ("photo", "https://ann.example/a.jpg"),
        ("mp-slug", "hello"),
        ("access_token", "secret"),
        ("mp-other", "x"),
        ("weight", "70"),
    ]);
    let json = of_json(
        br#"{"type":["h-entry"],"mp-slug":"hello","properties":{"content":["Hello"],
            "category":["one","two"],"photo":["https://ann.example/a.jpg"],"access_token":["secret"],
            "weight":[{"type":["h-measure"]}]}}"#,
    );
    let properties = created(form);
    assert_eq!(properties, created(json));
    assert_eq!(properties.len(), 4, "{properties:?}");
    let html = created(of_form([("content[html]", "<p>x</p>")]));
    assert_eq!(html, created(of_json(br#"{"properties":{"content":[{"html":"<p>x</p>"}]}}"#)));
}

#[test]
fn an_entry_has_what_was_said() {
    let entry = entry(json!({
        "name": [" A title "],
        "content": [{ "html": "<p>Hi</p>\r\n", "value": "Hi" }],
        "category": ["one", " one ", "", "two", { "type": ["h-card"] }],
        "photo": ["https://a.example/1.jpg", { "value": "https://a.example/2.jpg", "alt": "Two" }, ""],
        "mp-photo-alt": ["One", "Not this", "Three"],
        "mp-video-alt": ["Film"],
        "video": "https://a.example/1.mp4",
        "post-status": ["draft"],
        "visibility": ["Unlisted"],
        "mp-syndicate-to": [""],
        "summary": ["Short", null],
        "rsvp": ["YES"],
        "in-reply-to": [{ "type": ["h-cite"], "properties": { "url": ["https://b.example/"] } }],
    }));
    let file = |url: &str, alt: &str| File { url: url.into(), alt: Some(alt.into()) };
    assert_eq!(entry.title.as_deref(), Some("A title"));
    assert_eq!((&*entry.text, entry.is_html), ("<p>Hi</p>\n", true));
    assert_eq!(entry.categories, ["one", "two"]);
    assert_eq!(
        entry.photos,
        [file("https://a.example/1.jpg", "One"), file("https://a.example/2.jpg", "Two")]
    );
    assert_eq!(entry.videos, [file("https://a.example/1.mp4", "Film")]);
    assert_eq!(entry.alts, ["Three"]);
    assert!(entry.is_draft);
    assert_eq!(entry.visibility.as_deref(), Some("unlisted"));
    assert_eq!(entry.syndicate_to, Some(vec![]));
    assert_eq!(entry.properties["rsvp"], json!(["yes"]));
    assert_eq!(entry.properties["summary"], json!(["Short"]));
    assert_eq!(entry.properties.len(), 3);
}

#[test]
fn what_cannot_be_posted_says_why() {
    for properties in [
        json!({ "content": [["a"]] }),
        json!({ "content": [{ "markdown": "a" }] }),
        json!({ "photo": ["javascript:alert(1)"] }),
        json!({ "photo": [{ "alt": "no address" }] }),
        json!({ "video": ["/relative.mp4"] }),
        json!({ "like-of": ["not an address"] }),
        json!({ "in-reply-to": [{ "type": ["h-cite"] }] }),
        json!({ "bookmark-of": [format!("https://a.example/{}", "a".repeat(2000))] }),
        json!({ "rsvp": ["perhaps"] }),
        json!({ "post-status": ["private"] }),
        json!({ "category": vec!["x"; 201] }),
        json!({ "summary": ["x".repeat(70_000)] }),
    ] {
        assert!(refused(properties.clone()).is_some(), "{properties}");
    }
    assert_eq!(refused(json!({ "category": vec!["x"; 200] })), None);
    for body in
        ["", "[]", "{}", "{\"type\":[\"h-entry\"]}", "{\"action\":1,\"properties\":{}}", "null"]
    {
        assert!(of_json(body.as_bytes()).is_err(), "{body}");
    }
    let card = of_json(br#"{"type":["h-card"],"properties":{"name":["Ann"]}}"#);
    assert_eq!(card, of_form([("h", "card"), ("name", "Ann")]));
    assert!(card.is_err());
}

#[test]
fn a_nested_object_is_kept_without_addresses_that_lead_elsewhere() {
    let card = |url: &str| {
        json!({ "checkin": [{ "type": ["h-card"], "properties": {
            "name": ["Los Gorditos"], "latitude": [45.52], "url": [url] } }] })
    };
    let kept = |url| entry(card(url)).properties["checkin"][0]["properties"].clone();
    assert_eq!(kept("https://a.example/")["url"], json!(["https://a.example/"]));
    assert_eq!(kept("https://a.example/")["latitude"], json!([45.52]));
    assert_eq!(kept("javascript:alert(1)")["url"], Value::Null);
}

#[test]
fn nesting_has_an_end() {
    let nested = |levels: usize| {
        let value =
            (0..levels).fold(json!("x"), |inner, _| json!({ "properties": { "a": [inner] } }));
        refused(json!({ "location": [value] }))
    };
    assert_eq!(nested(3), None);
    assert!(nested(5).is_some() && nested(30).is_some());
}

#[test]
fn an_update_replaces_adds_and_deletes() {
    let photo = json!({ "value": "https://a.example/1.jpg", "alt": "One" });
    for (before, update, after) in [
        (
            json!({ "content": ["a"], "category": ["x"] }),
            json!({ "replace": { "content": ["b"] } }),
            json!({ "content": ["b"], "category": ["x"] }),
        ),
        (json!({}), json!({ "add": { "category": ["x"] } }), json!({ "category": ["x"] })),
        (
            json!({ "category": ["x"] }),
            json!({ "add": { "category": ["x", "y"] }, "replace": {} }),
            json!({ "category": ["x", "y"] }),
        ),
        (
            json!({ "category": ["x", "y"] }),
            json!({ "delete": { "category": ["y"] } }),
            json!({ "category": ["x"] }),
        ),
        (
            json!({ "category": ["x"], "content": ["a"] }),
            json!({ "delete": ["category", "nothing"] }),
            json!({ "content": ["a"] }),
        ),
        (
            json!({ "photo": [photo] }),
            json!({ "delete": { "photo": ["https://a.example/1.jpg"] } }),
            json!({ "photo": [] }),
        ),
        (
            json!({ "post-status": ["draft"] }),
            json!({ "replace": { "post-status": [""], "access_token": ["secret"] } }),
            json!({ "post-status": ["draft"] }),
        ),
    ] {
        assert_eq!(updated(before, update.clone()), Ok(after), "{update}");
    }
}

#[test]
fn an_update_of_another_shape_is_refused() {
    for update in [
        json!({}),
        json!({ "replace": "This is not a valid update request." }),
        json!({ "replace": { "content": "not in an array" } }),
        json!({ "replace": ["content"] }),
        json!({ "add": ["category"] }),
        json!({ "delete": "category" }),
        json!({ "delete": { "category": "x" } }),
        json!({ "delete": [1] }),
        json!({ "add": { "category": vec!["x"; 201] } }),
    ] {
        assert!(updated(json!({}), update.clone()).is_err(), "{update}");
    }
    let mac = json!({ "mp-destination": "https://ann.example/", "replace": { "content": "x" } });
    assert_eq!(updated(json!({}), mac), Ok(json!({ "content": ["x"] })));
    let many: Vec<String> = (0..150).map(|place| place.to_string()).collect();
    let more: Vec<String> = (150..300).map(|place| place.to_string()).collect();
    let add = json!({ "add": { "category": more } });
    assert!(updated(json!({ "category": many }), add).is_err());
}

#[test]
fn posts_are_deleted_and_brought_back_in_both_syntaxes() {
    let url = || "https://ann.example/1".to_owned();
    let json =
        |action: &str| of_json(json!({ "action": action, "url": url() }).to_string().as_bytes());
    let form = |action| of_form([("action", action), ("url", "https://ann.example/1")]);
    for of in [json("delete"), form("delete")] {
        assert_eq!(of, Ok(Action::Delete(url())));
    }
    for of in [json("undelete"), form("undelete")] {
        assert_eq!(of, Ok(Action::Undelete(url())));
    }
    assert!(json("destroy").is_err() && form("destroy").is_err() && form("update").is_err());
    assert!(of_form([("action", "delete")]).is_err());
    assert!(of_json(br#"{"action":"update","replace":{"content":["x"]}}"#).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}|https?://[a-z.]{1,10}".prop_map(Value::from),
    ];
    let name = prop::sample::select(
        READ.iter()
            .chain(&KEPT)
            .copied()
            .chain(["value", "html", "properties", "url", "x"])
            .collect::<Vec<_>>(),
    );
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(name.clone(), inner, 0..6).prop_map(|map| map
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = of_json(&body);
    }

    #[test]
    fn any_properties_are_posted_or_refused(properties in any_json(), update in any_json()) {
        for (body, is_update) in [
            (json!({ "properties": properties }), false),
            (json!({ "action": "update", "url": "x", "replace": properties, "add": update }), true),
            (json!({ "action": "update", "url": "x", "delete": update }), true),
        ] {
            let properties = match of_json(body.to_string().as_bytes()) {
                Ok(Action::Create(properties)) if !is_update => properties,
                Ok(Action::Update { changes, .. }) if is_update => {
                    let mut properties = Properties::new();
                    if changes.apply(&mut properties).is_err() { continue }
                    properties
                }
                Ok(other) => panic!("{other:?}"),
                Err(_) => continue,
            };
            if let Ok(entry) = Entry::of(&properties) {
                let Entry { properties, .. } = entry;
                prop_assert!(properties.keys().all(|name| KEPT.contains(&name.as_str())));
                prop_assert!(properties.values().all(|list| list.as_array().is_some_and(|l| !l.is_empty())));
                // What was kept is kept again.
                let again = Entry::of(&properties).map(|entry| entry.properties);
                prop_assert_eq!(again, Ok(properties));
            }
        }
    }

    #[test]
    fn any_form_is_read_or_refused(fields in proptest::collection::vec(("[a-z\\[\\]-]{0,12}", "\\PC{0,20}"), 0..20)) {
        let action = of_form(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        if let Ok(Action::Create(properties)) = action {
            let _ = Entry::of(&properties);
        }
    }
}
