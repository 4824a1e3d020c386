//! The bell that does nothing but count.

use platform::Wake;
use std::cell::Cell;

/// Counts how often somebody asked for the job runner.
#[derive(Default)]
pub struct Bell(Cell<usize>);

impl Bell {
    /// How often it was rung since the last call of this.
    pub fn take(&self) -> usize {
        self.0.take()
    }
}

impl Wake for Bell {
    fn wake(&self) {
        self.0.set(self.0.get().saturating_add(1));
    }
}
