//! Everything a function is given beside the request.

use crate::{
    Blobs, Cache, Config, Database, Db, Gate, Http, Kv, Limits, Meter, Objects, Policy, Result,
    Verdict,
};
use chrono::{DateTime, Utc};
use std::{cell::Cell, net::IpAddr, rc::Rc};

/// Asks the job runner to run soon. A hint: the sweep of every minute is the promise.
pub trait Wake {
    /// Returns at once; what it starts outlives the response.
    fn wake(&self);
}

/// A source of random bytes fit for secrets.
pub trait Random {
    /// Fills the buffer.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] when the platform gives none; nothing may go on without them.
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;
}

/// What a host fills in.
#[derive(Clone)]
pub struct Ports {
    /// The database.
    pub db: Rc<dyn Db>,
    /// The key-value store.
    pub kv: Rc<dyn Kv>,
    /// The page cache: the same promises as `kv`, but nearer and only of this place.
    pub cache: Rc<dyn Kv>,
    /// The objects.
    pub blobs: Rc<dyn Blobs>,
    /// The limits.
    pub limits: Rc<dyn Limits>,
    /// Outgoing HTTP, before the gate.
    pub http: Rc<dyn Http>,
    /// The job runner's bell.
    pub wake: Rc<dyn Wake>,
    /// Random bytes.
    pub random: Rc<dyn Random>,
    /// Where a line of the log goes. Never a token, a cookie, an address or a body.
    pub log: fn(&str),
    /// How bytes in an old encoding become text.
    pub decode: Decode,
}

/// Turns bytes into text by the label of their encoding (WHATWG Encoding, section 4.2), with U+FFFD for
/// what is none; None for a label that nobody knows. Its tables weigh more than all pages together, and
/// some platforms have them already: so it is the host's.
pub type Decode = fn(&[u8], &str) -> Option<String>;

/// The address of the client, as the host knows it; the host puts it into the request's extensions.
/// Absent means unknown, and everyone unknown shares one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Stands in a request's extensions when the host knows that it came without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithoutTls;

/// Stands in a response's extensions when everybody who asks for that address gets the same answer,
/// whatever else stands in the request; a host may answer with it again for about a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared;

/// The ports, the configuration and the time of one request. Time is a value, captured once.
pub struct Context {
    /// The database, counted.
    pub db: Database,
    /// The key-value store, counted.
    pub kv: Cache,
    /// The page cache, counted.
    pub cache: Cache,
    /// The objects, counted.
    pub blobs: Objects,
    /// Outgoing HTTP, behind the gate.
    pub http: Gate,
    /// The configuration.
    pub config: Rc<Config>,
    /// The time of this request.
    pub now: DateTime<Utc>,
    /// What this request has cost so far.
    pub meter: Rc<Meter>,
    limits: Rc<dyn Limits>,
    wake: Rc<dyn Wake>,
    random: Rc<dyn Random>,
    last_id: Cell<Option<u32>>,
    log: fn(&str),
    /// See [`Decode`].
    pub decode: Decode,
}

impl Context {
    /// A context for one request.
    pub fn new(ports: Ports, config: Rc<Config>, now: DateTime<Utc>) -> Self {
        let meter = Rc::new(Meter::default());
        Self {
            db: Database { port: ports.db, meter: meter.clone() },
            kv: Cache { port: ports.kv, meter: meter.clone() },
            cache: Cache { port: ports.cache, meter: meter.clone() },
            blobs: Objects { port: ports.blobs, meter: meter.clone() },
            http: Gate { port: ports.http, config: config.clone(), meter: meter.clone() },
            limits: ports.limits,
            wake: ports.wake,
            random: ports.random,
            last_id: Cell::new(None),
            log: ports.log,
            decode: ports.decode,
            config,
            now,
            meter,
        }
    }

    /// The time of this request in unix seconds.
    pub fn seconds(&self) -> i64 {
        self.now.timestamp()
    }

    /// Takes one from a limit; `key` is an HMAC, never an address.
    pub async fn take(&self, key: &str, policy: Policy) -> Result<Verdict> {
        self.limits.take(key, policy, self.now.timestamp_millis()).await
    }

    /// Asks the job runner to run soon.
    pub fn wake(&self) {
        self.wake.wake();
    }

    /// Writes a line to the log. Never a token, a cookie, an address or a body.
    pub fn log(&self, line: &str) {
        (self.log)(line);
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A new id: 18 digits, time first, so that ids sort as they were made. Made before the insert,
    /// so that a write can be repeated safely. The first of a context ends in random digits, and each after
    /// it in the next number: a job may need hundreds, and its time stands still.
    pub fn id(&self) -> Result<String> {
        let tail = match self.last_id.get() {
            Some(last) => last.wrapping_add(1),
            None => u32::from_le_bytes(self.random::<4>()?) & 0x7fff_ffff,
        };
        self.last_id.set(Some(tail));
        let tail = tail.checked_rem(100_000).unwrap_or(0);
        Ok(format!("{:013}{tail:05}", self.now.timestamp_millis().max(0)))
    }
}
