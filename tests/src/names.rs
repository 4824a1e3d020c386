//! A resolver of names that answers over HTTPS, and a platform that makes certificates for them: both as
//! their own documentation describes them, at the address of a [`Fixture`].

use crate::{Fixture, Pipit, fixture::Asked};
use serde_json::{Value, json};
use std::{
    collections::hash_map::DefaultHasher,
    hash::{BuildHasher, BuildHasherDefault},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use url::form_urlencoded;

/// What both know, for a test to change.
#[derive(Clone, Default)]
pub struct Names(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    records: Vec<(String, u64, String)>,
    hostnames: Vec<Hostname>,
    is_silent: bool,
    api_is_down: bool,
    made: usize,
}

#[derive(Clone)]
struct Hostname {
    id: String,
    name: String,
    state: String,
    certificate: String,
}

impl Names {
    /// Both, with nothing in them.
    pub fn start(pipit: &Pipit) -> (Self, Fixture) {
        let names = Self::default();
        let site = Fixture::start(pipit);
        let program = names.clone();
        site.program(move |asked| program.answer(asked));
        (names, site)
    }

    /// Sets the records of a name and a type, in the place of those that were there.
    pub fn set(&self, name: &str, kind: &str, values: &[&str]) {
        let mut known = self.known();
        known.records.retain(|(other, number, _)| other != name || *number != number_of(kind));
        let records =
            values.iter().map(|value| (name.to_owned(), number_of(kind), (*value).to_owned()));
        known.records.extend(records);
    }

    /// Whether the resolver fails.
    pub fn be_silent(&self, is_silent: bool) {
        self.known().is_silent = is_silent;
    }

    /// Whether the platform's API fails.
    pub fn break_api(&self, is_down: bool) {
        self.known().api_is_down = is_down;
    }

    /// Lets the platform finish what it makes for a name.
    pub fn certify(&self, name: &str, state: &str, certificate: &str) {
        let mut known = self.known();
        let hostname = known.hostnames.iter_mut().find(|hostname| hostname.name == name);
        let hostname = hostname.unwrap_or_else(|| panic!("{name} was not asked for"));
        hostname.state = state.to_owned();
        hostname.certificate = certificate.to_owned();
    }

    /// Whether the platform has a name.
    pub fn has_hostname(&self, name: &str) -> bool {
        self.known().hostnames.iter().any(|hostname| hostname.name == name)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, asked: &Asked) -> Option<(u16, String)> {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(other, value)| (other == name).then(|| value.into_owned()))
        };
        let mut known = self.known();
        if path == "/dns-query" {
            return Some(known.resolve(&value("name")?, &value("type")?));
        }
        let id = path.strip_prefix("/client/v4/zones/testzone/custom_hostnames")?;
        let id = id.trim_start_matches('/');
        Some(known.platform(&asked.method, id, value("hostname"), &asked.body))
    }
}

impl Known {
    /// The chain of aliases with what is at its end, as resolvers list it.
    fn resolve(&self, name: &str, kind: &str) -> (u16, String) {
        if self.is_silent {
            return (502, "<html>".to_owned());
        }
        let (mut name, mut answers) = (name.to_owned(), Vec::new());
        loop {
            let of = |kind: &str| -> Vec<_> {
                let is_meant = |(other, number, _): &&(String, u64, String)| {
                    *other == name && *number == number_of(kind)
                };
                self.records.iter().filter(is_meant).cloned().collect()
            };
            let aliases = if kind == "CNAME" { Vec::new() } else { of("CNAME") };
            let found = if aliases.is_empty() { of(kind) } else { aliases };
            for (owner, number, data) in &found {
                answers.push(json!({ "name": owner, "type": number, "TTL": 300, "data": data }));
            }
            match found.first() {
                Some((_, number, target)) if *number == number_of("CNAME") && kind != "CNAME" => {
                    name = target.trim_end_matches('.').to_owned();
                }
                _ => break,
            }
        }
        let status = if answers.is_empty() { 3 } else { 0 };
        (200, json!({ "Status": status, "TC": false, "Answer": answers }).to_string())
    }

    fn platform(
        &mut self,
        method: &str,
        id: &str,
        name: Option<String>,
        body: &str,
    ) -> (u16, String) {
        if self.api_is_down {
            return (503, "upstream".to_owned());
        }
        let place = self.hostnames.iter().position(|hostname| hostname.id == id);
        let result = match (method, place) {
            ("GET", _) if id.is_empty() => {
                let named = |hostname: &&Hostname| Some(&hostname.name) == name.as_ref();
                self.hostnames.iter().filter(named).map(Hostname::shown).collect()
            }
            ("GET", Some(place)) => self.hostnames[place].shown(),
            ("DELETE", Some(place)) => json!({ "id": self.hostnames.remove(place).id }),
            ("POST", _) => match self.create(body) {
                Some(hostname) => hostname.shown(),
                None => {
                    return (
                        409,
                        json!({ "success": false, "errors": [{ "code": 1406 }] }).to_string(),
                    );
                }
            },
            _ => {
                return (
                    404,
                    json!({ "success": false, "errors": [{ "code": 1436 }] }).to_string(),
                );
            }
        };
        (200, json!({ "success": true, "errors": [], "result": result }).to_string())
    }

    fn create(&mut self, body: &str) -> Option<Hostname> {
        let body: Value = serde_json::from_str(body).ok()?;
        let name = body["hostname"].as_str()?.to_owned();
        if self.hostnames.iter().any(|hostname| hostname.name == name) {
            return None;
        }
        self.made += 1;
        // Over HTTP tests share one database, and ids of this platform are different everywhere.
        let place = BuildHasherDefault::<DefaultHasher>::default().hash_one((&name, self.made));
        let id = format!("{place:016x}-{:02}", self.made);
        let hostname = Hostname {
            id,
            name,
            state: "pending".into(),
            certificate: "pending_validation".into(),
        };
        self.hostnames.push(hostname.clone());
        Some(hostname)
    }
}

impl Hostname {
    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "hostname": self.name,
            "status": self.state,
            "ssl": { "id": self.id, "type": "dv", "method": "http", "status": self.certificate },
        })
    }
}

fn number_of(kind: &str) -> u64 {
    match kind {
        "A" => 1,
        "CNAME" => 5,
        "TXT" => 16,
        "AAAA" => 28,
        _ => 0,
    }
}
