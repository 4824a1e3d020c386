//! What a call carries and an answer says: the types of XML-RPC, and how they are written.

use bytes::Bytes;
use domain::{datetime, timezone};
use std::borrow::Cow;

/// A value. Nothing here computes with a `double`: it is the text that it was sent as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `<nil/>`: nothing was said.
    Nil,
    /// `<boolean>`
    Bool(bool),
    /// `<int>`, `<i4>`, `<i8>`
    Int(i64),
    /// `<string>`, or text alone.
    Text(String),
    /// `<dateTime.iso8601>`, as it was written.
    Date(String),
    /// `<base64>`
    Bytes(Bytes),
    /// `<array>`
    Array(Vec<Value>),
    /// `<struct>`
    Struct(Vec<(Cow<'static, str>, Value)>),
}

/// A member of a struct of an answer.
pub fn member(name: &'static str, value: Value) -> (Cow<'static, str>, Value) {
    (Cow::Borrowed(name), value)
}

/// A struct of an answer. Arrays by value would be code anew for each length.
macro_rules! record {
    ($(($name:expr, $value:expr $(,)?)),+ $(,)?) => {
        $crate::xmlrpc::value::Value::Struct(vec![$($crate::xmlrpc::value::member($name, $value)),+])
    };
}
pub(super) use record;

/// A moment as clocks show it in this zone, which the form does not say.
pub fn date(seconds: i64, zone: Option<&str>) -> Value {
    let shown = datetime::rfc3339(zone.map_or(seconds, |zone| timezone::local(zone, seconds)));
    Value::Date(shown.trim_end_matches('Z').replace('-', ""))
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Value {
    /// A member of a struct that is there and not nil.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Struct(members) = self else { return None };
        members.iter().find(|(other, value)| other == name && *value != Self::Nil).map(|(_, v)| v)
    }

    /// The text of it; what is no text and no number has none.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Date(text) => text.into(),
            Self::Int(number) => number.to_string().into(),
            Self::Bool(is_so) => if *is_so { "1" } else { "0" }.into(),
            _ => "".into(),
        }
    }

    /// The number that it is or that its text says.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            other => other.text().trim().parse().ok(),
        }
    }

    /// Whether it says yes.
    pub fn is_true(&self) -> bool {
        matches!(&*self.text(), "1" | "true")
    }

    /// The values of an array; anything else has none.
    pub fn items(&self) -> &[Self] {
        if let Self::Array(items) = self { items } else { &[] }
    }

    /// Unix seconds of a date. One that names no zone is a clock's time in `zone`, or in UTC without one.
    pub fn moment(&self, zone: Option<&str>) -> Option<i64> {
        let text = self.text();
        let (day, time) = text.trim().split_once(['T', ' '])?;
        let day = day.replace('-', "");
        let (year, rest) = day.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        let at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
        let (clock, offset) = time.split_at_checked(at)?;
        let offset = match offset.split_at_checked(3) {
            Some((hours, minutes)) => format!("{hours}:{:0<2}", minutes.trim_start_matches(':')),
            None => offset.to_owned(),
        };
        let moment = datetime::parse_rfc3339(&format!("{year}-{month}-{day}T{clock}{offset}"))?;
        Some(match zone {
            Some(zone) if offset.is_empty() => timezone::utc(zone, moment),
            _ => moment,
        })
    }

    /// Appends the value as XML. Bytes have no form: no answer of ours holds any.
    pub fn write(&self, out: &mut String) {
        out.push_str("<value>");
        match self {
            Self::Nil => out.push_str("<nil/>"),
            Self::Bool(is_so) => wrap(out, "boolean", if *is_so { "1" } else { "0" }),
            Self::Int(number) => wrap(out, "int", &number.to_string()),
            Self::Text(text) => wrap(out, "string", text),
            Self::Date(text) => wrap(out, "dateTime.iso8601", text),
            Self::Bytes(_) => {}
            Self::Array(items) => {
                out.push_str("<array><data>");
                items.iter().for_each(|item| item.write(out));
                out.push_str("</data></array>");
            }
            Self::Struct(members) => {
                out.push_str("<struct>");
                for (name, value) in members {
                    out.push_str("<member>");
                    wrap(out, "name", name);
                    value.write(out);
                    out.push_str("</member>");
                }
                out.push_str("</struct>");
            }
        }
        out.push_str("</value>");
    }
}

/// An element with text, as XML 1.0 section 2.2 and 2.11 have it: a carriage return must not become a
/// line feed on its way, and most control characters cannot be said at all.
fn wrap(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}
