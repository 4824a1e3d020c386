//! The log of the thread, kept to be looked at.

use std::cell::RefCell;

thread_local! {
    // The port is a plain function, so there is no world to keep the lines in.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn write(line: &str) {
    LINES.with_borrow_mut(|lines| lines.push(line.to_owned()));
}

/// The lines that this thread has logged since the last call of this.
pub fn take_log() -> Vec<String> {
    LINES.take()
}
