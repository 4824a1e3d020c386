//! A client of XML-RPC: values are JSON here, a date is its text, and a file `{"base64": …}`.

use serde_json::{Map, Value, json};
use tests::{Answer, Ask, Browser, Pipit, Program};

/// Somebody's editor.
pub struct Editor {
    pub browser: Browser,
    pub path: &'static str,
    pub username: String,
    pub token: String,
}

impl Editor {
    /// An editor with a token of this person's, at the app's address.
    #[track_caller]
    pub fn of(pipit: &Pipit, person: &Browser, scopes: &[&str]) -> Self {
        let Program { browser, token } = Program::of(pipit, person, scopes);
        Self { browser, path: "/xmlrpc", username: person.username.clone(), token }
    }

    /// A call with user name and token behind the first parameter.
    #[track_caller]
    pub fn call(&self, method: &str, first: Value, rest: &[Value]) -> Value {
        let answer = self.try_call(method, first, rest);
        assert!(answer.get("faultCode").is_none(), "{method}: {answer}");
        answer
    }

    /// The code of the fault that such a call ends in.
    #[track_caller]
    pub fn fault(&self, method: &str, first: Value, rest: &[Value]) -> i64 {
        let answer = self.try_call(method, first, rest);
        assert!(answer["faultString"].is_string(), "{method}: {answer}");
        answer["faultCode"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"))
    }

    #[track_caller]
    pub fn try_call(&self, method: &str, first: Value, rest: &[Value]) -> Value {
        let login = [first, json!(self.username), json!(self.token)];
        self.send(method, &[&login, rest].concat())
    }

    /// A call with these parameters and no others.
    #[track_caller]
    pub fn send(&self, method: &str, params: &[Value]) -> Value {
        read(&self.post(&call(method, params)))
    }

    /// Sends anything.
    pub fn post(&self, body: &str) -> Answer {
        self.browser.send(Ask::body(self.path, "text/xml", body.to_owned()))
    }
}

/// A call as XML.
pub fn call(method: &str, params: &[Value]) -> String {
    let params: String =
        params.iter().map(|param| format!("<param>{}</param>\n", xml(param))).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<methodCall>\n<methodName>{method}</methodName>\n<params>\n{params}</params>\n</methodCall>\n"
    )
}

fn xml(value: &Value) -> String {
    let inner = match value {
        Value::Null => "<nil/>".to_owned(),
        Value::Bool(is_so) => format!("<boolean>{}</boolean>", u8::from(*is_so)),
        Value::Number(number) => format!("<int>{number}</int>"),
        Value::String(text) => format!("<string>{}</string>", escape(text)),
        Value::Array(items) => {
            let items: String = items.iter().map(xml).collect();
            format!("<array><data>{items}</data></array>")
        }
        Value::Object(members) => {
            if let Some(Value::String(bits)) = members.get("base64") {
                format!("<base64>{bits}</base64>")
            } else if let Some(Value::String(at)) = members.get("date") {
                format!("<dateTime.iso8601>{at}</dateTime.iso8601>")
            } else {
                let member = |(name, value): (&String, &Value)| {
                    format!("<member><name>{name}</name>{}</member>", xml(value))
                };
                format!("<struct>{}</struct>", members.iter().map(member).collect::<String>())
            }
        }
    };
    format!("<value>{inner}</value>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What an answer says; of a fault its struct.
#[track_caller]
pub fn read(answer: &Answer) -> Value {
    let text = answer.text();
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "text/xml; charset=utf-8"),
        "{text}"
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let begin = text.find("<value>").unwrap_or_else(|| panic!("no value in {text}"));
    let mut rest = &text[begin..];
    let value = value(&mut rest);
    let is_fault = text.contains("<methodResponse><fault>");
    let end = if is_fault { "</fault>" } else { "</param></params>" };
    assert_eq!(rest.trim_end(), format!("{end}</methodResponse>"), "{text}");
    value
}

fn value(text: &mut &str) -> Value {
    take(text, "<value>");
    let (tag, _) = text[1..].split_once(['>', '/']).expect("a type");
    let tag = tag.to_owned();
    let value = match tag.as_str() {
        "array" => {
            take(text, "<array><data>");
            let mut items = Vec::new();
            while text.starts_with("<value>") {
                items.push(value(text));
            }
            take(text, "</data></array>");
            Value::Array(items)
        }
        "struct" => {
            take(text, "<struct>");
            let mut members = Map::new();
            while text.starts_with("<member>") {
                take(text, "<member>");
                let name = element(text, "name");
                assert!(members.insert(name, value(text)).is_none(), "a name stands twice");
                take(text, "</member>");
            }
            take(text, "</struct>");
            Value::Object(members)
        }
        "int" => json!(element(text, "int").parse::<i64>().expect("a number")),
        "boolean" => json!(element(text, "boolean") == "1"),
        kind => json!(element(text, kind)),
    };
    take(text, "</value>");
    value
}

fn element(text: &mut &str, name: &str) -> String {
    take(text, &format!("<{name}>"));
    let (inner, rest) = text.split_once(&format!("</{name}>")).expect("it ends");
    *text = rest;
    inner.replace("&lt;", "<").replace("&gt;", ">").replace("&#13;", "\r").replace("&amp;", "&")
}

#[track_caller]
fn take(text: &mut &str, what: &str) {
    *text = text.strip_prefix(what).unwrap_or_else(|| panic!("no {what} in {text}"));
}
