//! Reading a call, so that no document can make it slow, deep or fall over. A document type is refused,
//! and with it every entity but the five of XML itself.

use super::{
    fault::{BROKEN, Fault, NO_CALL, fault},
    intake::BASE64,
    value::Value,
};
use base64::Engine;
use bytes::Bytes;
use quick_xml::{Reader as Xml, escape::resolve_predefined_entity, events::Event};

const DEPTH_MAX: usize = 32;
const VALUES_MAX: usize = 20_000;

type Result<T> = std::result::Result<T, Fault>;

/// A call that is read from its beginning, as far as anybody asks.
pub struct Reader<'a> {
    xml: Xml<&'a [u8]>,
    values: usize,
    bits: Option<Bytes>,
    is_begun: bool,
}

enum Step {
    Start(String),
    Text(String),
    End,
    Over,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a call. An empty `<base64>` stands for `bits`, if they came apart from it.
    pub fn new(text: &'a [u8], bits: Option<Bytes>) -> Self {
        // The marks of byte order, for those who send them in UTF-8 too.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut xml = Xml::from_reader(text);
        let config = xml.config_mut();
        config.expand_empty_elements = true;
        // Some apps escape only the first one.
        config.allow_dangling_amp = true;
        Self { xml, values: 0, bits, is_begun: false }
    }

    /// The name of the method.
    pub fn method(&mut self) -> Result<String> {
        self.expect("methodCall")?;
        self.expect("methodName")?;
        Ok(self.text()?.trim().to_owned())
    }

    /// The next parameter, or None where the call is over.
    pub fn param(&mut self) -> Result<Option<Value>> {
        if !self.is_begun {
            self.is_begun = true;
            match self.open()?.as_deref() {
                None => return self.over(),
                Some("params") => {}
                Some(_) => return Err(NO_CALL),
            }
        }
        match self.open()?.as_deref() {
            Some("param") => {}
            Some(_) => return Err(NO_CALL),
            None => {
                self.close()?;
                return self.over();
            }
        }
        self.expect("value")?;
        let value = self.value(0)?;
        self.close()?;
        Ok(Some(value))
    }

    fn over(&mut self) -> Result<Option<Value>> {
        loop {
            match self.next()? {
                Step::Over => return Ok(None),
                Step::Text(text) if is_blank(&text) => {}
                _ => return Err(NO_CALL),
            }
        }
    }

    /// The rest of a value that has begun. Depth is at most `DEPTH_MAX`, so this cannot exhaust the stack.
    fn value(&mut self, depth: usize) -> Result<Value> {
        self.values = self.values.saturating_add(1);
        if depth > DEPTH_MAX || self.values > VALUES_MAX {
            return Err(fault(
                -32600,
                "That call has too many values, or they are nested too deeply.",
            ));
        }
        let mut text = String::new();
        loop {
            match self.next()? {
                Step::Text(more) => text.push_str(&more),
                Step::Start(name) if is_blank(&text) => {
                    let value = self.typed(&name, depth.saturating_add(1))?;
                    self.close()?;
                    return Ok(value);
                }
                Step::End => return Ok(Value::Text(text)),
                Step::Start(_) => return Err(NO_CALL),
                Step::Over => return Err(BROKEN),
            }
        }
    }

    fn typed(&mut self, name: &str, depth: usize) -> Result<Value> {
        match name {
            "struct" => {
                let mut members = Vec::new();
                while self.opens("member")? {
                    self.expect("name")?;
                    let name = self.text()?;
                    self.expect("value")?;
                    members.push((name.into(), self.value(depth)?));
                    self.close()?;
                }
                Ok(Value::Struct(members))
            }
            "array" => {
                let mut items = Vec::new();
                if self.opens("data")? {
                    while self.opens("value")? {
                        items.push(self.value(depth)?);
                    }
                    self.close()?;
                }
                Ok(Value::Array(items))
            }
            "base64" => self.bytes(),
            _ => scalar(name, self.text()?),
        }
    }

    fn bytes(&mut self) -> Result<Value> {
        let mut text = self.text()?;
        text.retain(|c| !c.is_ascii_whitespace());
        if let (true, Some(bits)) = (text.is_empty(), self.bits.take()) {
            return Ok(Value::Bytes(bits));
        }
        let bytes = BASE64.decode(text);
        bytes.map(|bytes| Value::Bytes(bytes.into())).map_err(|_| NOT_BASE64)
    }

    /// The next element must be of this name.
    fn expect(&mut self, name: &str) -> Result<()> {
        if self.opens(name)? { Ok(()) } else { Err(NO_CALL) }
    }

    /// Whether another element of this name begins, and not the one around it ends.
    fn opens(&mut self, name: &str) -> Result<bool> {
        match self.open()? {
            None => Ok(false),
            Some(other) if other == name => Ok(true),
            Some(_) => Err(NO_CALL),
        }
    }

    /// The name of the next element, or None where the one around it ends.
    fn open(&mut self) -> Result<Option<String>> {
        loop {
            match self.next()? {
                Step::Start(name) => return Ok(Some(name)),
                Step::End => return Ok(None),
                Step::Text(text) if is_blank(&text) => {}
                Step::Text(_) => return Err(NO_CALL),
                Step::Over => return Err(BROKEN),
            }
        }
    }

    /// The end of the element around.
    fn close(&mut self) -> Result<()> {
        if self.open()?.is_none() { Ok(()) } else { Err(NO_CALL) }
    }

    /// The text up to the end of the element around.
    fn text(&mut self) -> Result<String> {
        let mut all = String::new();
        loop {
            match self.next()? {
                Step::Text(text) => all.push_str(&text),
                Step::End => return Ok(all),
                Step::Start(_) => return Err(NO_CALL),
                Step::Over => return Err(BROKEN),
            }
        }
    }

    fn next(&mut self) -> Result<Step> {
        loop {
            return Ok(match self.xml.read_event().map_err(|_| BROKEN)? {
                Event::Start(tag) => {
                    let name = tag.local_name();
                    Step::Start(str::from_utf8(name.as_ref()).map_err(|_| BROKEN)?.to_owned())
                }
                Event::End(_) => Step::End,
                Event::Eof => Step::Over,
                Event::Text(text) => {
                    Step::Text(text.xml10_content().map_err(|_| BROKEN)?.into_owned())
                }
                Event::CData(text) => {
                    Step::Text(text.xml10_content().map_err(|_| BROKEN)?.into_owned())
                }
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| BROKEN)?;
                    let known = reference.resolve_char_ref().map_err(|_| BROKEN)?.map(String::from);
                    let known =
                        known.or_else(|| resolve_predefined_entity(&name).map(str::to_owned));
                    Step::Text(known.ok_or(BROKEN)?)
                }
                Event::DocType(_) => {
                    return Err(fault(
                        -32700,
                        "A document type is not taken here. Send the call without one.",
                    ));
                }
                _ => continue,
            });
        }
    }
}

/// What was sent as `<base64>` and is not.
pub const NOT_BASE64: Fault = fault(400, "The file is not in base64.");

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

fn scalar(name: &str, text: String) -> Result<Value> {
    let wrong = fault(-32600, "A value is not of the type that it says.");
    let trimmed = text.trim();
    Ok(match name {
        "string" => Value::Text(text),
        "int" | "i1" | "i2" | "i4" | "i8" => Value::Int(trimmed.parse().map_err(|_| wrong)?),
        "boolean" => match trimmed {
            "1" | "true" => Value::Bool(true),
            "0" | "false" => Value::Bool(false),
            _ => return Err(wrong),
        },
        "double" if trimmed.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)) => {
            Value::Text(trimmed.to_owned())
        }
        "dateTime.iso8601" => Value::Date(trimmed.to_owned()),
        "nil" if trimmed.is_empty() => Value::Nil,
        _ => return Err(wrong),
    })
}
