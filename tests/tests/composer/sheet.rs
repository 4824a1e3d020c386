//! The composer's form as a browser without scripts has it: what it would send.

use tests::{Answer, Ask, Browser, Upload};

/// The fields that would be sent, in the order of the page.
#[derive(Debug, Clone)]
pub struct Sheet {
    fields: Vec<(String, String)>,
}

/// A photo as a form sends it.
pub fn file(field: &'static str, bytes: Vec<u8>) -> Upload {
    Upload { field, file_name: "IMG_0042.jpg", bytes }
}

/// The form that changes a post.
#[track_caller]
pub fn open(person: &Browser, id: &str) -> Sheet {
    Sheet::of(&person.get(&format!("/posts/{id}/edit")).expect(200))
}

impl Sheet {
    /// The composer's form in a page.
    #[track_caller]
    pub fn of(page: &Answer) -> Self {
        let text = page.text();
        let (_, form) = text.split_once("data-compose").expect("the composer's form");
        let (mut rest, _) = form.split_once("</form>").expect("the form's end");
        let mut fields = Vec::new();
        while let Some((_, tag)) = rest.split_once('<') {
            let (tag, after) = tag.split_once('>').expect("a tag ends");
            rest = after;
            let (element, _) = tag.split_once(' ').unwrap_or((tag, ""));
            match element {
                // Nothing in it belongs to the form.
                "template" => rest = inside(after, "</template>").1,
                "input" if counts(tag) => fields.extend(named(tag, attribute(tag, "value"))),
                "textarea" => {
                    let (text, after) = inside(after, "</textarea>");
                    rest = after;
                    fields.extend(named(tag, Some(unescaped(text))));
                }
                "select" => {
                    let (options, after) = inside(after, "</select>");
                    rest = after;
                    fields.extend(named(tag, Some(chosen(options))));
                }
                _ => {}
            }
        }
        Self { fields }
    }

    /// What stands in the fields of a name, without those that are empty.
    pub fn all(&self, name: &str) -> Vec<String> {
        let of_name =
            self.fields.iter().filter(|(field, value)| field == name && !value.is_empty());
        of_name.map(|(_, value)| value.clone()).collect()
    }

    /// The form with another value in the n-th field of a name, or with a field more.
    pub fn with(&self, name: &str, n: usize, value: &str) -> Self {
        let mut sheet = self.clone();
        match sheet.fields.iter_mut().filter(|(field, _)| field == name).nth(n) {
            Some((_, old)) => *old = value.to_owned(),
            None => sheet.fields.push((name.to_owned(), value.to_owned())),
        }
        sheet
    }

    /// What a browser sends of it.
    pub fn fields(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (&**name, &**value)).collect()
    }

    /// Sends it.
    pub fn send(&self, person: &Browser, path: &str) -> Answer {
        person.send(Ask::upload(path, &self.fields(), &[]))
    }
}

fn inside<'a>(text: &'a str, end: &str) -> (&'a str, &'a str) {
    text.split_once(end).expect("what begins ends")
}

/// Files are chosen by people; boxes and circles count when they are checked.
fn counts(tag: &str) -> bool {
    match attribute(tag, "type").as_deref() {
        Some("file") => false,
        Some("checkbox" | "radio") => tag.ends_with(" checked"),
        _ => true,
    }
}

fn named(tag: &str, value: Option<String>) -> Option<(String, String)> {
    Some((attribute(tag, "name")?, value.unwrap_or_default()))
}

/// The first option, or the one that is chosen.
fn chosen(options: &str) -> String {
    let all: Vec<&str> = options.split("<option").skip(1).collect();
    let is_chosen =
        |option: &&&str| option.split('>').next().is_some_and(|t| t.contains("selected"));
    let option = all.iter().find(is_chosen).or_else(|| all.first()).expect("an option");
    let (tag, words) = option.split_once('>').expect("a tag ends");
    let words = || words.split('<').next().unwrap_or_default().to_owned();
    attribute(tag, "value").unwrap_or_else(words)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescaped(value))
}

fn unescaped(text: &str) -> String {
    [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")]
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (code, character)| text.replace(code, character))
}
