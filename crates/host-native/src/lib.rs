//! The ports on this machine, in memory or in a file: for tests, fuzzing and benches, never deployed.
//!
//! A [`Native`] is one whole world: its database, its stores, its clock and what it sent out. Each
//! request gets a [`Context`] of its own from it, as on the edge, and [`Faults`] makes any call of a
//! port fail, before or after it takes effect.

mod blobs;
mod clock;
mod db;
mod encoding;
mod faults;
mod http;
mod kv;
mod log;
mod random;
mod wake;

pub use blobs::MemoryBlobs;
pub use clock::Clock;
pub use db::Sqlite;
pub use faults::{Faults, When};
pub use http::FakeHttp;
pub use kv::MemoryKv;
pub use log::take_log;
pub use random::Seeded;
pub use wake::Bell;

use platform::{Config, Context, Limits, Ports, Result};
use std::{path::Path, rc::Rc};
use store::limit::SqlLimits;

/// The ports of one world and the knobs on them.
pub struct Native {
    /// The database.
    pub db: Rc<Sqlite>,
    /// The key-value store.
    pub kv: Rc<MemoryKv>,
    /// The page cache.
    pub cache: Rc<MemoryKv>,
    /// The objects.
    pub blobs: Rc<MemoryBlobs>,
    /// What would leave this machine.
    pub http: Rc<FakeHttp>,
    /// The job runner's bell.
    pub bell: Rc<Bell>,
    /// The time, which stands still unless it is moved.
    pub clock: Rc<Clock>,
    /// Makes calls fail.
    pub faults: Rc<Faults>,
    random: Rc<Seeded>,
    limits: Rc<dyn Limits>,
}

impl Native {
    /// An empty world in memory, with all migrations applied.
    ///
    /// # Errors
    /// [`platform::Error::Internal`] when a migration fails.
    pub fn new() -> Result<Self> {
        let faults = Rc::new(Faults::default());
        Ok(Self::on(Sqlite::in_memory(faults.clone())?, faults))
    }

    /// A world whose database is a file; the migrations it has not seen are applied.
    ///
    /// # Errors
    /// [`platform::Error::Internal`] when the file is no database or a migration fails.
    pub fn open(path: &Path) -> Result<Self> {
        let faults = Rc::new(Faults::default());
        Ok(Self::on(Sqlite::open(path, faults.clone())?, faults))
    }

    fn on(db: Sqlite, faults: Rc<Faults>) -> Self {
        let db = Rc::new(db);
        let clock = Rc::new(Clock::default());
        let limits = Rc::new(SqlLimits::new(db.clone()));
        Self {
            kv: Rc::new(MemoryKv::new("kv", clock.clone(), faults.clone())),
            cache: Rc::new(MemoryKv::new("cache", clock.clone(), faults.clone())),
            blobs: Rc::new(MemoryBlobs::new(faults.clone())),
            http: Rc::new(FakeHttp::new(clock.clone(), faults.clone())),
            bell: Rc::default(),
            random: Rc::default(),
            limits,
            db,
            clock,
            faults,
        }
    }

    /// The ports, for a context.
    pub fn ports(&self) -> Ports {
        Ports {
            db: self.db.clone(),
            kv: self.kv.clone(),
            cache: self.cache.clone(),
            blobs: self.blobs.clone(),
            limits: self.limits.clone(),
            http: self.http.clone(),
            wake: self.bell.clone(),
            random: self.random.clone(),
            log: log::write,
            decode: encoding::decode,
        }
    }

    /// A context for one request, at the clock's time.
    pub fn context(&self, config: Rc<Config>) -> Context {
        Context::new(self.ports(), config, self.clock.now())
    }
}
