//! `bench`: how fast Pipit answers, side by side with others that do the same or nothing.

mod blogs;
mod load;
mod on_spin;
mod pages;
mod render;
mod served;
mod timeline;
mod visible;
mod webhooks;

use crate::{
    Result,
    args::Args,
    progress::say,
    project::{self, Project},
};
use serde_json::json;
use std::time::Duration;

/// What `bench --help` prints.
pub const HELP: &str = "
cargo xtask bench [--only WHAT] [--rounds N] [--seconds N] [--connections N]

Asks workerd straight, without wrangler's proxy, in rounds that alternate between Pipit's release
build and its peers: a bare Worker in JavaScript, one in Rust, one that answers from the Cache API,
and one (Hono) that makes the same home page of the same rows. Pipit's pages are asked for hot (sent
within the last second), cached and uncached, from blogs of 10, 1,000 and 100,000 posts. Then turns
posts of 10,000 words into HTML beside JavaScript's libraries, and asks Pipit's blog on Spin beside a
bare component. Then posts are sent on both runtimes and looked for until readers see them; timelines
are read among 1,000,000 entries of 100,000 feeds; last, Stripe sends 100 events each second for a
minute, and forgeries.
Prints the medians as tables and writes all to target/bench.json.

  --only WHAT       only pages, markdown, spin, visible, timeline or webhooks
  --rounds N        how many rounds (default 5)
  --seconds N       how long each page is asked for in a round (default 3)
  --connections N   how many at the same time (default 16)";

/// How hard and how long the pages are asked for.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    span: Duration,
    connections: usize,
}

const PARTS: [&str; 6] = ["pages", "markdown", "spin", "visible", "timeline", "webhooks"];

/// Runs `bench`.
pub fn command(mut args: Args) -> Result<()> {
    let only = args.value("--only")?;
    let mut number = |name: &str, usual: usize| match args.value(name)? {
        None => Ok(usual),
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n > 0 => Ok(n),
            _ => Err(format!("{name} needs a number, not `{text}`.")),
        },
    };
    let effort = Effort {
        rounds: number("--rounds", 5)?,
        span: Duration::from_secs(number("--seconds", 3)? as u64),
        connections: number("--connections", 16)?,
    };
    args.finish()?;
    let is_wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if !PARTS.into_iter().any(is_wanted) {
        return Err(format!("--only is one of {}.", PARTS.join(", ")));
    }

    let project = Project::find()?;
    let mut whole = json!({ "connections": effort.connections, "rounds": effort.rounds });
    if is_wanted("pages") || is_wanted("markdown") {
        let served = served::serve(&project)?;
        if is_wanted("pages") {
            whole["pages"] = pages::run(&served, effort)?;
        }
        if is_wanted("markdown") {
            whole["markdown"] = render::run(served.worker("test")?, served.worker("library")?)?;
        }
    }
    if is_wanted("spin") {
        whole["spin"] = on_spin::run(&project, effort)?;
    }
    if is_wanted("visible") {
        whole["visible"] = visible::run(&project)?;
    }
    if is_wanted("timeline") {
        whole["timeline"] = timeline::run(&project)?;
    }
    if is_wanted("webhooks") {
        whole["webhooks"] = webhooks::run(&project)?;
    }
    let file = project.path("target/bench.json");
    project::write(&file, &format!("{whole:#}\n"))?;
    say(&format!("written to {}", file.display()));
    Ok(())
}
