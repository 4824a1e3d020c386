//! Mails on their way to each provider: the shape of the request, and what becomes of a refusal.

use bytes::Bytes;
use host_native::When;
use http::Response;
use platform::Call;
use serde_json::{Value, json};
use tests::Pipit;

const EMAIL: &str = "ann@example.com";

struct Sent {
    call: Call,
    body: Value,
}

impl Sent {
    fn header(&self, name: &str) -> &str {
        self.call.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A Pipit that sends by this provider, which answers every mail so.
fn pipit_with(provider: &'static str, status: u16, answer: &'static str) -> Pipit {
    let pipit = Pipit::with(&[
        ("MAIL_PROVIDER", provider),
        ("MAIL_API_BASE", ""),
        ("MAIL_TOKEN", "token-of-the-provider"),
        ("MAIL_FROM", "Pipit <hello@app.example>"),
        ("MAIL_ACCOUNT", if provider == "cloudflare" { "0123abcd" } else { "" }),
    ]);
    pipit.memory().expect("it is in memory").native.http.answer("https://api.", move |_| {
        let mut response = Response::new(Bytes::from_static(answer.as_bytes()));
        *response.status_mut() = status.try_into().expect("a status");
        response
    });
    pipit
}

fn ask(pipit: &Pipit) {
    let fields = [("name", "Ann"), ("email", EMAIL), ("username", "annie"), ("site", "")];
    pipit.browser().post("/signup", &fields).expect(202);
}

fn sent(pipit: &Pipit) -> Vec<Sent> {
    let calls = pipit.memory().expect("it is in memory").native.http.calls();
    let sent = calls.into_iter().map(|call| {
        let body = serde_json::from_slice(&call.body).expect("a JSON object");
        Sent { call, body }
    });
    sent.collect()
}

/// The one mail of a sign-up by this provider.
#[track_caller]
fn one(provider: &'static str, status: u16) -> Sent {
    let pipit = pipit_with(provider, status, "{}");
    ask(&pipit);
    let mut sent = sent(&pipit);
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}

#[test]
fn postmark_gets_its_shape_with_tracking_off() {
    let mail = one("postmark", 200);
    assert_eq!(mail.call.url.as_str(), "https://api.postmarkapp.com/email");
    assert_eq!(mail.header("x-postmark-server-token"), "token-of-the-provider");
    assert_eq!(mail.body["From"], "Pipit <hello@app.example>");
    assert_eq!(mail.body["To"], EMAIL);
    assert_eq!(mail.body["MessageStream"], "outbound");
    assert_eq!(
        (&mail.body["TrackOpens"], &mail.body["TrackLinks"]),
        (&json!(false), &json!("None"))
    );
    assert!(mail.body["TextBody"].as_str().is_some_and(|text| text.contains("/signin/link#")));
    assert!(mail.body["HtmlBody"].is_string() && mail.body["Subject"].is_string());
}

#[test]
fn resend_gets_its_shape_and_the_same_key_for_each_try() {
    let pipit = pipit_with("resend", 500, "{}");
    let memory = pipit.memory().expect("it is in memory");
    ask(&pipit);
    memory.native.clock.advance(61);
    memory.run_jobs();
    let tries = sent(&pipit);
    assert_eq!(tries.len(), 2);
    let mail = &tries[0];
    assert_eq!(mail.call.url.as_str(), "https://api.resend.com/emails");
    assert_eq!(mail.header("authorization"), "Bearer token-of-the-provider");
    assert_eq!(mail.body["from"], "Pipit <hello@app.example>");
    assert_eq!(mail.body["to"], json!([EMAIL]));
    assert!(mail.body["text"].as_str().is_some_and(|text| text.contains("/signin/link#")));
    assert!(mail.body["html"].is_string() && mail.body["subject"].is_string());
    let key = mail.header("idempotency-key");
    assert!((1..=256).contains(&key.len()), "{key}");
    assert_eq!(key, tries[1].header("idempotency-key"), "the same mail");
    assert_eq!(mail.body, tries[1].body, "word for word");
    memory.sql(vec![platform::sql("delete from jobs", [])]);
    pipit.browser().post("/signin", &[("email", EMAIL)]).expect(202);
    assert_ne!(key, sent(&pipit)[2].header("idempotency-key"), "another mail");
}

#[test]
fn sendgrid_gets_its_shape_with_tracking_off() {
    let mail = one("sendgrid", 202);
    assert_eq!(mail.call.url.as_str(), "https://api.sendgrid.com/v3/mail/send");
    assert_eq!(mail.header("authorization"), "Bearer token-of-the-provider");
    assert_eq!(mail.body["personalizations"], json!([{ "to": [{ "email": EMAIL }] }]));
    assert_eq!(mail.body["from"], json!({ "email": "hello@app.example", "name": "Pipit" }));
    let kinds = mail.body.pointer("/content/0/type").zip(mail.body.pointer("/content/1/type"));
    assert_eq!(kinds, Some((&json!("text/plain"), &json!("text/html"))), "text first");
    let tracking = &mail.body["tracking_settings"];
    for kind in ["open_tracking", "click_tracking", "subscription_tracking"] {
        assert_eq!(tracking[kind]["enable"], false, "{kind}");
    }
    assert_eq!(tracking["click_tracking"]["enable_text"], false);
}

#[test]
fn cloudflare_gets_its_shape() {
    let mail = one("cloudflare", 200);
    let url = "https://api.cloudflare.com/client/v4/accounts/0123abcd/email/sending/send";
    assert_eq!(mail.call.url.as_str(), url);
    assert_eq!(mail.header("authorization"), "Bearer token-of-the-provider");
    assert_eq!(mail.body["to"], EMAIL);
    assert_eq!(mail.body["from"], json!({ "address": "hello@app.example", "name": "Pipit" }));
    assert!(mail.body["text"].as_str().is_some_and(|text| text.contains("/signin/link#")));
    assert!(mail.body["html"].is_string() && mail.body["subject"].is_string());
}

#[test]
fn no_mail_by_any_provider_loads_a_picture_or_names_a_person() {
    for provider in ["postmark", "resend", "sendgrid", "cloudflare"] {
        let body = one(provider, 200).body.to_string();
        for forbidden in ["<img", "src=", "annie", "Ann<"] {
            assert!(!body.contains(forbidden), "{provider}: {forbidden} in {body}");
        }
    }
}

#[test]
fn a_mail_refused_for_good_is_tried_once_and_lies_dead_with_its_reason_in_memory() {
    let refusal = r#"{"ErrorCode":406,"Message":"inactive: ann@example.com"}"#;
    let pipit = pipit_with("postmark", 422, refusal);
    let memory = pipit.memory().expect("it is in memory");
    ask(&pipit);
    for _ in 0..10 {
        memory.native.clock.advance(600);
        memory.run_jobs();
    }
    assert_eq!(sent(&pipit).len(), 1);
    let dead = memory.sql(vec![platform::sql(
        "select error from jobs where kind = 'signin-mail' and dead_at is not null",
        [],
    )]);
    let reason = dead[0].rows[0].text("error").expect("a reason");
    assert_eq!(reason, "the mail provider answered 422, 406");
    assert!(!host_native::take_log().join("\n").contains("ann@"), "the address is not logged");
}

#[test]
fn a_mail_refused_for_the_moment_is_tried_again_in_memory() {
    for status in [408, 429, 500, 503] {
        let pipit = pipit_with("sendgrid", status, "{}");
        let memory = pipit.memory().expect("it is in memory");
        ask(&pipit);
        memory.native.clock.advance(61);
        memory.run_jobs();
        assert_eq!(sent(&pipit).len(), 2, "{status}");
    }
}

#[test]
fn a_mail_that_was_taken_is_not_sent_again_in_memory() {
    let pipit = pipit_with("resend", 200, "{}");
    let memory = pipit.memory().expect("it is in memory");
    ask(&pipit);
    for _ in 0..5 {
        memory.native.clock.advance(600);
        memory.run_jobs();
    }
    assert_eq!(sent(&pipit).len(), 1);
}

#[test]
fn a_mail_whose_answer_was_lost_carries_the_same_key_again_in_memory() {
    let pipit = pipit_with("resend", 200, "{}");
    let memory = pipit.memory().expect("it is in memory");
    memory.native.faults.fail("http POST api.resend.com", When::After);
    ask(&pipit);
    memory.native.clock.advance(61);
    memory.run_jobs();
    let tries = sent(&pipit);
    assert_eq!(tries.len(), 2);
    assert_eq!(tries[0].header("idempotency-key"), tries[1].header("idempotency-key"));
}

#[test]
fn a_provider_without_what_it_needs_does_not_start() {
    for settings in [
        vec![("MAIL_PROVIDER", "pigeon")],
        vec![("MAIL_PROVIDER", "cloudflare")],
        vec![("MAIL_PROVIDER", "cloudflare"), ("MAIL_ACCOUNT", "../x")],
    ] {
        let get = |name: &str| {
            let given = settings.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
            let usual = match name {
                "APP_ORIGIN" => Some("https://app.example"),
                "BLOG_DOMAIN" => Some("blogs.example"),
                "MEDIA_ORIGIN" => Some("https://media.example"),
                "MAIL_TOKEN" | "MAIL_FROM" => Some("x"),
                _ => None,
            };
            given.or(usual).map(str::to_owned)
        };
        assert!(platform::Config::read(get).is_err(), "{settings:?}");
    }
}
