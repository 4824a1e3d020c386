//! `admin`: an operator's jobs.

use crate::{Result, args::Args};

/// What `admin --help` prints.
pub const HELP: &str = "
cargo xtask admin login-link USER [--runtime cloudflare|spin] [--data DIR]

Makes a sign-in link for USER that works once, for when mail is broken.";

/// Runs `admin`.
pub fn command(mut args: Args) -> Result<()> {
    match args.word().as_deref() {
        Some("login-link") => Err("login-link cannot be made yet.".to_owned()),
        Some(other) => Err(format!("There is no job `{other}`.\n{HELP}")),
        None => Err(HELP.trim().to_owned()),
    }
}
