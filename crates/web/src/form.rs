//! Forms, as browsers send them.

mod multipart;

use bytes::Bytes;
use platform::{Body, Error, Result};

/// The most fields of a form; more is not a person.
const FIELDS_MAX: usize = 1000;
/// What fields for cards are called, by their letters alone. Cards are Stripe's business: no form of ours
/// has such a field, and what somebody sends in one goes no further than here.
const OF_CARDS: [&str; 10] = [
    "cardcvc",
    "cardcvv",
    "cardno",
    "cardnumber",
    "ccnumber",
    "creditcard",
    "creditcardnumber",
    "cvc",
    "cvv",
    "cccsc",
];
/// Of a form without files.
const URLENCODED_BYTES_MAX: usize = 16 << 20;

/// An uploaded file.
#[derive(Debug, Clone)]
pub struct File {
    /// The field.
    pub field: String,
    /// What the sender calls it: a hint for people, never a path of ours.
    pub file_name: String,
    /// What the sender says it is, such as `image/jpeg`, or nothing.
    pub content_type: String,
    /// Its bytes; what they are, only they say.
    pub bytes: Bytes,
}

/// The fields of a form.
#[derive(Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    files: Vec<File>,
}

impl Form {
    /// The form that a browser sent as `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it has too many fields.
    pub fn of_urlencoded(body: &[u8]) -> Result<Self> {
        Ok(Self { fields: urlencoded(body)?, files: vec![] })
    }

    /// Whether a field was sent, even if it is empty.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// The first value of a field as it was sent, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The first value of a field without white space around it, or nothing.
    pub fn get(&self, name: &str) -> &str {
        self.text(name).trim()
    }

    /// All values of a field, as check boxes send them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All fields with their values, in the order in which they were sent.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(field, value)| (field.as_str(), value.as_str()))
    }

    /// Takes all values of a field out of the form.
    pub fn take(&mut self, name: &str) -> Vec<String> {
        let (taken, rest) =
            std::mem::take(&mut self.fields).into_iter().partition(|(field, _)| field == name);
        self.fields = rest;
        let taken: Vec<(String, String)> = taken;
        taken.into_iter().map(|(_, value)| value).collect()
    }

    /// The file of a field, if one was chosen.
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.is_of(name))
    }

    /// The files that were chosen for a field, in their order; `photo` means `photo[]` too.
    pub fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.is_of(name))
    }

    /// Takes those files out of the form, so that nothing holds their bytes twice.
    pub fn take_files(&mut self, name: &str) -> Vec<File> {
        let (taken, rest) =
            std::mem::take(&mut self.files).into_iter().partition(|file| file.is_of(name));
        self.files = rest;
        taken
    }
}

impl File {
    /// Browsers send an empty file for a field where none was chosen.
    fn is_of(&self, name: &str) -> bool {
        self.field.strip_suffix("[]").unwrap_or(&self.field) == name && !self.bytes.is_empty()
    }
}

/// Whether a body of this type is a form.
pub(crate) fn is_form(content_type: &str) -> bool {
    matches!(&*kind(content_type), "application/x-www-form-urlencoded" | "multipart/form-data")
}

/// Whether a body of this type is JSON.
pub(crate) fn is_json(content_type: &str) -> bool {
    kind(content_type) == "application/json"
}

/// The fields of a flat JSON object; no body is none of them.
pub(crate) fn of_json(body: &[u8]) -> Result<Form> {
    use serde_json::Value;
    if body.is_empty() {
        return Ok(Form::default());
    }
    let broken = |_| Error::invalid("That is not a JSON object.");
    let object: serde_json::Map<String, Value> = serde_json::from_slice(body).map_err(broken)?;
    let text = |value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_so) => Some(is_so.to_string()),
        _ => None,
    };
    let fields = object.into_iter().filter_map(|(name, value)| Some((name, text(value)?)));
    without_card(Form { fields: fields.collect(), files: vec![] })
}

fn kind(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A body of at most `max` bytes. `length` is what the sender says it is, 0 if nothing.
pub(crate) async fn read(
    content_type: &str,
    body: Body,
    max: usize,
    length: usize,
) -> Result<Form> {
    let form = match kind(content_type).as_str() {
        "application/x-www-form-urlencoded" => {
            let body = body.read(max.min(URLENCODED_BYTES_MAX)).await?;
            Form::of_urlencoded(&body)
        }
        "multipart/form-data" => multipart::read(content_type, body, max, length).await,
        "" if body.read(max).await?.is_empty() => Ok(Form::default()),
        _ => Err(Error::MediaType("Send a form.".into())),
    };
    form.and_then(without_card)
}

fn without_card(form: Form) -> Result<Form> {
    let letters = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
    };
    if form.fields().any(|(name, _)| OF_CARDS.contains(&letters(name).as_str())) {
        return Err(Error::invalid("Card numbers are not taken here. Pay on Stripe's own pages."));
    }
    Ok(form)
}

fn urlencoded(body: &[u8]) -> Result<Vec<(String, String)>> {
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(body).into_owned().take(FIELDS_MAX.saturating_add(1)).collect();
    if fields.len() > FIELDS_MAX { Err(too_many_fields()) } else { Ok(fields) }
}

fn too_many_fields() -> Error {
    Error::invalid("That form has too many fields.")
}
