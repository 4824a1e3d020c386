//! `bench`: how fast Pipit answers, side by side with a Worker that does nothing.

use crate::{Result, args::Args};

/// What `bench --help` prints.
pub const HELP: &str = "
cargo xtask bench [--rounds N]";

/// Runs `bench`.
pub fn command(args: Args) -> Result<()> {
    args.finish()
}
