//! A host for Spin components.
fn main() {}
