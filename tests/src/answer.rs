//! What came back.

use bytes::Bytes;
use http::HeaderMap;

/// A response, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What a request cost, as `Server-Timing` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Statements sent to the database.
    pub queries: u32,
    /// Rows it read.
    pub rows_read: u32,
    /// Rows it wrote.
    pub rows_written: u32,
}

impl Answer {
    /// The body as a JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The cookies that it sets, whole lines.
    pub fn set_cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.filter_map(|line| line.to_str().ok().map(str::to_owned)).collect()
    }

    /// The line that sets this cookie.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        let begin = format!("{name}=");
        self.set_cookies().into_iter().find(|line| line.starts_with(&begin))
    }

    /// Asserts the status, and shows the body when it is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "the answer was:\n{}", self.text());
        self
    }

    /// Asserts that the body holds some text.
    #[track_caller]
    pub fn expect_text(self, part: &str) -> Self {
        assert!(self.text().contains(part), "no “{part}” in:\n{}", self.text());
        self
    }

    /// What it cost. Development builds alone say so.
    #[track_caller]
    pub fn cost(&self) -> Cost {
        let timing = self.header("server-timing");
        let number = |name: &str| {
            let rest = timing.split(&format!("{name}=")).nth(1).unwrap_or_default();
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap_or_else(|_| panic!("no {name} in Server-Timing: {timing:?}"))
        };
        Cost { queries: number("q"), rows_read: number("read"), rows_written: number("written") }
    }

    /// The first text between two others, for looking things up in pages.
    pub fn between(&self, before: &str, after: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(before)?;
        rest.split_once(after).map(|(found, _)| found.to_owned())
    }

    /// Every value of an attribute, `href` for example, in the page.
    pub fn attributes(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let begin = format!("{name}=\"");
        let values = text.split(&begin).skip(1).filter_map(|rest| rest.split_once('"'));
        values.map(|(value, _)| value.replace("&amp;", "&")).collect()
    }
}
