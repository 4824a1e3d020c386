//! A program that acts for a person with a token of theirs.

use crate::{Answer, Ask, Browser, Pipit};
use serde_json::Value;

/// A program with a token.
pub struct Program {
    /// What sends its requests; it has no cookie of the person's.
    pub browser: Browser,
    /// Its token.
    pub token: String,
}

impl Program {
    /// A program to which this person gave a token with these scopes, made in the settings.
    #[track_caller]
    pub fn of(pipit: &Pipit, person: &Browser, scopes: &[&str]) -> Self {
        let mut fields = vec![("name", "Editor")];
        fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
        let page = person.post("/settings/tokens", &fields).expect(200);
        let token = page.between("<code class=\"address\">", "</code>");
        Self { browser: pipit.browser(), token: token.expect("the page shows the token") }
    }

    /// Sends a request with the token in its header.
    #[track_caller]
    pub fn send(&self, ask: Ask) -> Answer {
        let ask = ask.with("authorization", &format!("Bearer {}", self.token));
        self.browser.send(ask.with("accept", "application/json"))
    }

    /// POST of a JSON document.
    #[track_caller]
    pub fn json(&self, path: &str, body: &Value) -> Answer {
        self.send(Ask::body(path, "application/json", body.to_string()))
    }

    /// The JSON document at an address.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        self.send(Ask::get(path)).expect(200).json()
    }
}
