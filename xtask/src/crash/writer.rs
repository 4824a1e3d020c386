//! Who writes while the power goes, and what they were promised.

use crate::{
    Result,
    demo::Visitor,
    http::{Answer, Client, form},
    multipart::Form,
    stack::{Runtime, Stack},
};
use std::{sync::mpsc::Sender, time::Duration};

const WRITERS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(30);

/// What happens to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Somebody begins to write it.
    Begun,
    /// Its photo is stored.
    Uploaded,
    /// It is about to be sent.
    Sending,
    /// It was accepted.
    Answered,
}

/// A post, as somebody means it to be.
pub struct Attempt {
    /// Whose it is.
    pub writer: usize,
    /// A word that stands in no other.
    pub word: String,
    /// Where its photo is, when that went ahead.
    photo: Option<String>,
    /// Whether there was an answer that promised it.
    pub is_accepted: bool,
    /// Whether the power went before there was one.
    pub was_cut: bool,
}

impl Attempt {
    /// What it says.
    pub fn text(&self) -> String {
        format!("The {} sails at noon", self.word)
    }
}

/// Somebody with a blog. The first sends a form with its photo; the others use an app, which sends the
/// photo ahead.
pub struct Writer {
    /// What the reader's own pages are asked with.
    pub visitor: Visitor,
    nth: usize,
    origin: String,
    app: Client,
    photo: Vec<u8>,
}

/// The name in the address of a writer's blog.
pub fn name(nth: usize) -> String {
    format!("writer{nth}")
}

/// Somebody that the runtime takes for a visitor from elsewhere, so that limits by address part them.
pub fn stranger(runtime: Runtime, nth: usize) -> Client {
    Client::new(PATIENCE).from_address(runtime, &format!("81.2.{}.{}", nth / 200, nth % 200 + 1))
}

/// Signs the writers up, each a follower of the others.
pub fn sign_up(stack: &Stack, runtime: Runtime, photo: &[u8]) -> Result<Vec<Writer>> {
    let mut writers = Vec::new();
    for nth in 0..WRITERS {
        let (name, email) = (name(nth), format!("{}@example.org", name(nth)));
        let fields = [("name", &*name), ("email", &*email), ("username", &*name)];
        let client = stranger(runtime, 1000 + nth);
        let mut visitor = Visitor::sign_up(client, &stack.origin, &stack.mailbox, &fields)?;
        let token = visitor.token(&["create", "media"])?;
        let app = stranger(runtime, 1100 + nth).with("authorization", &format!("Bearer {token}"));
        let (origin, photo) = (stack.origin.clone(), photo.to_vec());
        writers.push(Writer { visitor, nth, origin, app, photo });
    }
    for (nth, writer) in writers.iter_mut().enumerate() {
        for other in (0..WRITERS).filter(|other| *other != nth) {
            writer.visitor.follow(&name(other))?;
        }
    }
    Ok(writers)
}

impl Writer {
    /// Writes posts until nobody answers.
    pub fn write(&mut self, round: usize, count: usize, events: &Sender<Event>) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for place in 0..count {
            let number = (round * WRITERS + self.nth) * count + place;
            let (writer, word) = (self.nth, word(number));
            let mut attempt =
                Attempt { writer, word, photo: None, is_accepted: false, was_cut: false };
            let tell = |event| {
                let _ = events.send(event);
            };
            let sent = self.send(&mut attempt, &tell);
            attempt.was_cut = sent.is_err();
            attempts.push(attempt);
            if sent.is_err() {
                break;
            }
        }
        attempts
    }

    /// Sends once more what had no answer, as far as it had none.
    pub fn send_again(&mut self, attempt: &mut Attempt) -> Result<()> {
        self.send(attempt, &|_| ())
    }

    fn send(&mut self, attempt: &mut Attempt, tell: &dyn Fn(Event)) -> Result<()> {
        tell(Event::Begun);
        if self.nth == 0 {
            self.send_form(attempt, tell)?;
        } else {
            self.send_by_app(attempt, tell)?;
        }
        attempt.is_accepted = true;
        tell(Event::Answered);
        Ok(())
    }

    fn send_form(&mut self, attempt: &Attempt, tell: &dyn Fn(Event)) -> Result<()> {
        let mut form = Form::new()?;
        form.field("text", &attempt.text());
        form.field("key", &attempt.word);
        form.file("photo", "boats.jpg", "image/jpeg", &self.photo);
        form.field("alt", "Boats");
        tell(Event::Sending);
        self.visitor.send_form("/posts", form)
    }

    fn send_by_app(&mut self, attempt: &mut Attempt, tell: &dyn Fn(Event)) -> Result<()> {
        let photo = match &attempt.photo {
            Some(photo) => photo.clone(),
            None => {
                let photo = self.upload()?;
                attempt.photo = Some(photo.clone());
                tell(Event::Uploaded);
                photo
            }
        };
        // The same form again within a minute is the same post; after that the key says so.
        let text = attempt.text();
        let fields = [("h", "entry"), ("content", &*text), ("photo", &*photo)];
        self.app.set("idempotency-key", &attempt.word);
        tell(Event::Sending);
        let url = format!("{}/micropub", self.origin);
        let kind = "application/x-www-form-urlencoded";
        let answer = self.app.post(&url, kind, &self.origin, &form(&fields))?;
        created(&answer, "/micropub").map(drop)
    }

    fn upload(&mut self) -> Result<String> {
        let mut form = Form::new()?;
        form.file("file", "boats.jpg", "image/jpeg", &self.photo);
        let (kind, body) = form.finish();
        let url = format!("{}/micropub/media", self.origin);
        let answer = self.app.post(&url, &kind, &self.origin, &body)?;
        created(&answer, "/micropub/media")
    }
}

/// Where it is, when it is there now.
fn created(answer: &Answer, path: &str) -> Result<String> {
    match (&answer.location, answer.status) {
        (Some(location), 201 | 202) => Ok(location.clone()),
        (_, status) => Err(format!("POST {path} answers {status}: {}", answer.text)),
    }
}

/// Asks for the mail of a sign-up; the address comes back when the mail was promised.
pub fn ask_for_mail(mut client: Client, origin: &str, email: &str) -> Option<String> {
    let username = email.split('@').next().unwrap_or_default();
    let body = form(&[("name", "Stranger"), ("email", email), ("username", username)]);
    let kind = "application/x-www-form-urlencoded";
    let answer = client.post(&format!("{origin}/signup"), kind, origin, &body);
    answer.is_ok_and(|answer| answer.status < 400).then(|| email.to_owned())
}

/// A number as a word of five letters, so that none is the beginning of another.
fn word(number: usize) -> String {
    let letter = |place: u32| char::from(b'a' + (number / 26_usize.pow(place) % 26) as u8);
    format!("boa{}{}", letter(1), letter(0))
}
