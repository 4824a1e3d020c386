//! What a request cost, for `Server-Timing` in development and for tests.

use std::cell::Cell;

/// Counters of one request.
#[derive(Debug, Default)]
pub struct Meter {
    queries: Cell<u32>,
    rows_read: Cell<u32>,
    rows_written: Cell<u32>,
    kv_reads: Cell<u32>,
    kv_writes: Cell<u32>,
    object_reads: Cell<u32>,
    object_writes: Cell<u32>,
    outgoing: Cell<u32>,
}

impl Meter {
    pub(crate) fn queries(&self, n: usize) {
        add(&self.queries, u32::try_from(n).unwrap_or(u32::MAX));
    }

    pub(crate) fn rows(&self, read: u32, written: u32) {
        add(&self.rows_read, read);
        add(&self.rows_written, written);
    }

    pub(crate) fn kv_read(&self) {
        add(&self.kv_reads, 1);
    }

    pub(crate) fn kv_written(&self) {
        add(&self.kv_writes, 1);
    }

    pub(crate) fn object_read(&self) {
        add(&self.object_reads, 1);
    }

    pub(crate) fn object_written(&self) {
        add(&self.object_writes, 1);
    }

    pub(crate) fn outgoing(&self) {
        add(&self.outgoing, 1);
    }

    /// Calls that went out so far.
    pub fn outgoing_calls(&self) -> u32 {
        self.outgoing.get()
    }

    /// The value of `Server-Timing` (W3C Server Timing, section 3), as the public surface has it.
    pub fn server_timing(&self) -> String {
        format!(
            "db;desc=\"q={} read={} written={}\", kv;desc=\"r={} w={}\", obj;desc=\"r={} w={}\", out;desc=\"n={}\"",
            self.queries.get(),
            self.rows_read.get(),
            self.rows_written.get(),
            self.kv_reads.get(),
            self.kv_writes.get(),
            self.object_reads.get(),
            self.object_writes.get(),
            self.outgoing.get(),
        )
    }
}

fn add(cell: &Cell<u32>, n: u32) {
    cell.set(cell.get().saturating_add(n));
}
