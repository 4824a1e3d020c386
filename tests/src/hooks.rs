//! The operator's webhooks: a chat, and a program that is told of plans. In memory they are noted as calls; a
//! runtime's go to the mailbox.

use crate::{Pipit, pipit::Place};
use serde_json::Value;

/// Where they are, as `cargo xtask dev` has them.
pub const CHAT: (&str, &str) = ("CHAT_WEBHOOK", "http://localhost:8025/hooks/chat");
/// The program that is told of plans.
pub const PROGRAM: (&str, &str) =
    ("ENTITLEMENT_WEBHOOK", "http://localhost:8025/hooks/entitlement");
/// What calls of it are signed with.
pub const PROGRAM_SECRET: (&str, &str) =
    ("ENTITLEMENT_WEBHOOK_SECRET", "whsec_cGlwaXQgaXMgYSBzbWFsbCBicm93biBiaXJkLCBzbyE=");

/// A call of a webhook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Hook {
    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Pipit {
    /// The Pipit that the environment names, or one in memory whose webhooks take everything.
    pub fn with_hooks() -> Self {
        Self::remote().unwrap_or_else(|| {
            let pipit = Self::with(&[CHAT, PROGRAM, PROGRAM_SECRET]);
            let memory = pipit.memory().expect("it is in memory");
            let ok = |_: &platform::Call| http::Response::new("ok".into());
            memory.native.http.answer("http://localhost:8025/hooks/", ok);
            pipit
        })
    }

    /// What was sent to `/hooks/<name>` with these words in it, the oldest first.
    pub fn hooks(&self, name: &str, words: &str) -> Vec<Hook> {
        let path = format!("/hooks/{name}");
        let mut all: Vec<Hook> = match self.world().place() {
            Place::Memory(memory) => {
                let calls = memory.native.http.calls();
                calls.iter().filter(|call| call.url.path() == path).map(of_call).collect()
            }
            Place::Remote(remote) => {
                let kept = remote.hooks();
                let kept = kept.as_array().into_iter().flatten().rev();
                kept.filter(|one| one["path"] == path.as_str()).map(of_mailbox).collect()
            }
        };
        all.retain(|hook| hook.body.contains(words));
        all
    }
}

fn of_call(call: &platform::Call) -> Hook {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = call.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
    let body = String::from_utf8_lossy(&call.body).into_owned();
    Hook { headers: headers.collect(), body }
}

fn of_mailbox(one: &Value) -> Hook {
    let headers = one["headers"].as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers = headers.map(|(name, value)| (name.clone(), text(value))).collect();
    Hook { headers, body: text(&one["body"]) }
}
