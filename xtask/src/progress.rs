//! Lines on standard error that say what is being done, and for how long already.

use std::time::{Duration, Instant};

const BEAT: Duration = Duration::from_secs(10);

/// Something that takes a while.
pub struct Step {
    what: String,
    began: Instant,
    said: Instant,
}

impl Step {
    /// Says that it begins.
    pub fn begin(what: &str) -> Self {
        eprintln!("  … {what}");
        Self { what: what.to_owned(), began: Instant::now(), said: Instant::now() }
    }

    /// Says every ten seconds that it still goes on; `detail` is the newest thing known about it.
    pub fn beat(&mut self, detail: impl FnOnce() -> String) {
        if self.said.elapsed() < BEAT {
            return;
        }
        self.said = Instant::now();
        let detail = detail();
        let comma = if detail.is_empty() { "" } else { ": " };
        eprintln!("  … {} ({} s){comma}{detail}", self.what, self.began.elapsed().as_secs());
    }

    /// Says that it is done.
    pub fn done(self, remark: &str) {
        let comma = if remark.is_empty() { "" } else { ": " };
        eprintln!("  ✓ {}{comma}{remark} ({:.1} s)", self.what, self.began.elapsed().as_secs_f32());
    }

    /// Says that it failed.
    pub fn failed(self) {
        eprintln!("  ✗ {} ({:.1} s)", self.what, self.began.elapsed().as_secs_f32());
    }
}

/// Says one thing.
pub fn say(line: &str) {
    eprintln!("  · {line}");
}
