//! Every SQL statement, one module per noun.
pub mod job;
