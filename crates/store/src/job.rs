//! Jobs.
/// A job.
pub struct Job {}
