//! Somebody who reads a feed and wants to be told of what is new: WebSub's subscriber and rssCloud's, as
//! their specifications describe them, at the address of a [`Fixture`].

use crate::{Answer, Ask, Fixture, Pipit, fixture::Asked};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use url::form_urlencoded;

/// A subscriber with as many callbacks as a test has names for.
#[derive(Clone)]
pub struct Subscriber {
    origin: String,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    manners: Vec<(String, Manner)>,
    called: Vec<Called>,
}

/// How a callback answers. What is not said is as it should be: 200, and the challenge.
#[derive(Clone, Default)]
pub struct Manner {
    /// To a verification.
    pub verification: Option<(u16, &'static str)>,
    /// To a delivery.
    pub delivery: Option<u16>,
}

/// A call of a callback.
#[derive(Debug, Clone)]
pub struct Called {
    /// `GET` or `POST`.
    pub method: String,
    /// The callback's name.
    pub name: String,
    /// As it stands in the address.
    pub query: String,
    /// Their names in small letters.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: String,
}

impl Called {
    /// A value of the query, or nothing.
    pub fn value(&self, name: &str) -> String {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs
            .find_map(|(other, value)| (other == name).then(|| value.into_owned()))
            .unwrap_or_default()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }
}

impl Subscriber {
    /// One that this Pipit may call.
    pub fn start(pipit: &Pipit) -> (Self, Fixture) {
        let site = Fixture::start(pipit);
        let subscriber = Self { origin: site.origin().to_owned(), known: Arc::default() };
        let program = subscriber.clone();
        site.program(move |asked| program.answer(asked));
        (subscriber, site)
    }

    /// The address of a callback; it has something in its query already.
    pub fn callback(&self, name: &str) -> String {
        format!("{}/called/{name}?for=%C3%A4nn", self.origin)
    }

    /// The host and the port of all callbacks.
    pub fn host_and_port(&self) -> (&str, &str) {
        let place = self.origin.trim_start_matches("http://");
        place.split_once(':').expect("the fixture has a port")
    }

    /// From now on a callback answers so.
    pub fn answers(&self, name: &str, manner: Manner) {
        let mut known = self.known();
        known.manners.retain(|(other, _)| other != name);
        known.manners.push((name.to_owned(), manner));
    }

    /// How often and how a callback was asked whether it wants something, or told that it cannot have it.
    pub fn asked(&self, name: &str) -> Vec<Called> {
        self.called("GET", name)
    }

    /// What was delivered to a callback, whatever it answered.
    pub fn got(&self, name: &str) -> Vec<Called> {
        self.called("POST", name)
    }

    /// Asks the hub for something, by a program's request.
    pub fn ask(
        &self,
        pipit: &Pipit,
        mode: &str,
        topic: &str,
        name: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let callback = self.callback(name);
        let mut fields =
            vec![("hub.mode", mode), ("hub.topic", topic), ("hub.callback", &callback)];
        fields.extend(more);
        pipit.program(Ask::form("/hub", &fields))
    }

    /// Subscribes, and waits until the hub has asked the callback.
    #[track_caller]
    pub fn subscribe(
        &self,
        pipit: &Pipit,
        topic: &str,
        name: &str,
        more: &[(&str, &str)],
    ) -> Called {
        let before = self.asked(name).len();
        self.ask(pipit, "subscribe", topic, name, more).expect(202);
        self.wait(pipit, || self.asked(name).len() > before);
        self.asked(name).remove(before)
    }

    /// Waits until so much was delivered to a callback, and returns the last of it.
    #[track_caller]
    pub fn wait_for(&self, pipit: &Pipit, name: &str, count: usize) -> Called {
        self.wait(pipit, || self.got(name).len() >= count);
        self.got(name).remove(count - 1)
    }

    #[track_caller]
    fn wait(&self, pipit: &Pipit, is_so: impl Fn() -> bool) {
        pipit.eventually(|| pipit.browser().get("/healthz"), |_| is_so());
    }

    fn called(&self, method: &str, name: &str) -> Vec<Called> {
        let known = self.known();
        let fitting = known.called.iter().filter(|of| of.method == method && of.name == name);
        fitting.cloned().collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, asked: &Asked) -> Option<(u16, String)> {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let called = Called {
            method: asked.method.clone(),
            name: path.strip_prefix("/called/")?.to_owned(),
            query: query.to_owned(),
            headers: asked.headers.clone(),
            body: asked.body.clone(),
        };
        let mut known = self.known();
        let manner = known.manners.iter().find(|(name, _)| *name == called.name);
        let manner = manner.map(|(_, manner)| manner.clone()).unwrap_or_default();
        let answer = match called.method.as_str() {
            "GET" => match manner.verification {
                Some((status, body)) => (status, body.to_owned()),
                None => (200, called.value("hub.challenge") + &called.value("challenge")),
            },
            _ => (manner.delivery.unwrap_or(200), String::new()),
        };
        known.called.push(called);
        Some(answer)
    }
}
