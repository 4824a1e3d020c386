//! An app with a token, as these scenarios drive it.

use http::Method;
use serde_json::{Value, json};
use std::rc::Rc;
use tests::{Answer, Ask, Browser, Pipit, Upload, photo_with_gps};

/// A photo of somebody else's.
pub const SUNSET: &str = "https://micropub.example/media/sunset.jpg";
/// What a program that does everything asks for.
pub const EVERYTHING: [&str; 5] = ["create", "update", "delete", "undelete", "media"];

/// An app that acts for a person.
pub struct App {
    pub pipit: Rc<Pipit>,
    pub person: Browser,
    pub token: String,
    browser: Browser,
}

impl App {
    /// One that may do everything, for a person without posts.
    pub fn new() -> Self {
        Self::with(Pipit::start(), &EVERYTHING)
    }

    /// One that may do less.
    #[track_caller]
    pub fn with(pipit: Pipit, scopes: &[&str]) -> Self {
        Self::of(Rc::new(pipit), "ann", scopes)
    }

    /// Somebody else's, beside this one.
    #[track_caller]
    pub fn other(&self) -> Self {
        Self::of(self.pipit.clone(), "ben", &EVERYTHING)
    }

    #[track_caller]
    fn of(pipit: Rc<Pipit>, name: &str, scopes: &[&str]) -> Self {
        let person = pipit.sign_up(name);
        let token = token(&person, scopes);
        let browser = pipit.browser();
        Self { pipit, person, token, browser }
    }

    /// The same person's app with another token.
    pub fn scoped(&self, scopes: &[&str]) -> String {
        token(&self.person, scopes)
    }

    /// A request as it is.
    pub fn send(&self, ask: Ask) -> Answer {
        self.browser
            .send(ask.with("accept", "application/json").with("origin", "https://app.example"))
    }

    /// A request with the token in its header.
    pub fn ask(&self, ask: Ask) -> Answer {
        self.ask_as(&self.token, ask)
    }

    /// A request with another token.
    pub fn ask_as(&self, token: &str, ask: Ask) -> Answer {
        self.send(ask.with("authorization", &format!("Bearer {token}")))
    }

    pub fn form(&self, fields: &[(&str, &str)]) -> Answer {
        self.ask(Ask::form("/micropub", fields))
    }

    /// A form that holds the token.
    pub fn form_with_token(&self, fields: &[(&str, &str)]) -> Answer {
        self.send(Ask::form("/micropub", &[fields, &[("access_token", &self.token)]].concat()))
    }

    pub fn json(&self, body: &Value) -> Answer {
        self.ask(Ask::body("/micropub", "application/json", body.to_string()))
    }

    /// A new entry in JSON.
    pub fn entry(&self, properties: Value) -> Answer {
        self.json(&json!({ "type": ["h-entry"], "properties": properties }))
    }

    pub fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[Upload]) -> Answer {
        self.ask(Ask::upload(path, fields, files))
    }

    /// A query that succeeds.
    #[track_caller]
    pub fn query(&self, query: &str) -> Value {
        let answer = self.ask(Ask::get(&format!("/micropub?{query}"))).expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        json(&answer)
    }

    #[track_caller]
    pub fn source(&self, url: &str) -> Value {
        self.query(&format!("q=source&url={url}"))
    }

    /// The address of what was created.
    #[track_caller]
    pub fn created(&self, answer: Answer) -> String {
        assert!(matches!(answer.status, 201 | 202), "{} {}", answer.status, answer.text());
        let url = answer.header("location").to_owned();
        assert!(url.starts_with("http://"), "no Location: {answer:?}");
        url
    }

    #[track_caller]
    pub fn done(&self, answer: Answer) {
        assert!(matches!(answer.status, 200 | 201 | 204), "{} {}", answer.status, answer.text());
    }

    /// What stands at an address of the person's blog.
    #[track_caller]
    pub fn page(&self, url: &str) -> Answer {
        let path = url.strip_prefix(&self.pipit.blog_url(&self.person));
        let path = path.unwrap_or_else(|| panic!("“{url}” is not on the blog"));
        self.pipit.blog(&self.person).get(path)
    }

    #[track_caller]
    pub fn is_gone(&self, url: &str) {
        assert_eq!(self.page(url).status, 410);
    }

    /// The addresses of a post's photos.
    #[track_caller]
    pub fn photos(&self, url: &str) -> Vec<String> {
        let source = self.source(url);
        let photos = source["properties"]["photo"].as_array().cloned().unwrap_or_default();
        let address = |photo: &Value| photo.as_str().or(photo["value"].as_str()).map(str::to_owned);
        photos.iter().map(|photo| address(photo).expect("an address")).collect()
    }

    /// What a browser asks before a page of another origin may.
    pub fn preflight(&self, path: &str) -> Answer {
        self.send(
            Ask::get(path).method(Method::OPTIONS).with("access-control-request-method", "POST"),
        )
    }
}

/// A photo that tells where it was taken.
pub fn file(field: &'static str) -> Upload {
    Upload { field, file_name: "photo.jpg", bytes: photo_with_gps() }
}

pub fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.text()))
}

#[track_caller]
pub fn refused(answer: Answer, status: u16, error: &str) {
    let answer = answer.expect(status);
    assert_eq!(json(&answer)["error"], error, "{}", answer.text());
    assert!(json(&answer)["error_description"].is_string());
}

/// Makes a token in the settings and reads it off the page.
#[track_caller]
fn token(person: &Browser, scopes: &[&str]) -> String {
    let mut fields = vec![("name", "Editor"), ("days", "")];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let page = person.post("/settings/tokens", &fields).expect(200);
    page.between("<code class=\"address\">", "</code>").expect("the page shows the token")
}
