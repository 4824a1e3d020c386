//! `dev`: from a fresh clone to a running app, in one command.

use crate::{
    Result,
    args::Args,
    clock, demo, http, mailbox,
    progress::say,
    project::{self, Project},
    stack::{self, Flavour, Plan, Runtime, Stack},
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// What `dev --help` prints.
pub const HELP: &str = "
cargo xtask dev [options]

Gets the tools that are missing, builds Pipit, applies the migrations, makes demo content when there
is none, and runs the app on a local edge runtime until Ctrl-C. It is ready when it prints
`ready http://localhost:8787`. Mails arrive at http://localhost:8025.

  --runtime cloudflare|spin   workerd through wrangler (default), or Spin's components
  --port N                    where the app listens (default 8787)
  --mail-port N               where the mailbox listens (default 8025)
  --data DIR                  where local state, keys and logs live (default .pipit)
  --fresh                     begin with an empty state
  --no-demo                   make no demo content
  --stripe                    with a stand-in for Stripe at http://localhost:8030, so that plans can be bought
  --clock +62d                let the app's clock run ahead, by days, hours (+3h) or minutes (+5m)

Settings of the app that stand in the environment (STRIPE_SECRET_KEY, MAIL_API_BASE, SIGNUPS, ...)
are handed to it; for the rest there are development values.";

const PORT: u16 = 8787;
const STRIPE_PORT: u16 = 8030;

/// Runs `dev`.
pub fn command(mut args: Args) -> Result<()> {
    let runtime = Runtime::take(&mut args)?.unwrap_or(Runtime::Cloudflare);
    let port = args.port("--port", PORT)?;
    let mail_port = args.port("--mail-port", mailbox::PORT)?;
    let data = args.value("--data")?;
    let fresh = args.flag("--fresh");
    let with_demo = !args.flag("--no-demo");
    let stripe_port = args.flag("--stripe").then_some(STRIPE_PORT);
    let ahead_seconds = args.value("--clock")?.map_or(Ok(0), |text| clock::span(&text))?;
    args.finish()?;

    let project = Project::find()?;
    check_port(port)?;
    let data = folder(&project, data.as_deref(), runtime)?;
    let lock = stack::lock(&data)?;
    if fresh {
        empty(&data)?;
    }
    let begun = data.join("begun");
    let objects_port = stack::objects_port()?;
    let flavour = Flavour::Dev;
    let plan = Plan {
        runtime,
        flavour,
        port,
        mail_port,
        objects_port,
        stripe_port,
        data: data.clone(),
        ahead_seconds,
        more: Default::default(),
    };
    let mut stack = Stack::start(&project, &plan)?;
    let filled = if with_demo && !begun.exists() {
        demo::fill(&project, &stack.origin, &stack.mailbox)
    } else {
        Ok(())
    };
    if let Err(problem) = filled {
        say(&format!("there is no demo content: {problem}"));
    }
    project::write(&begun, "This state was begun: demo content comes to new ones only.\n")?;
    say(&format!("mails arrive at {}; logs are in {}", stack.mailbox, data.join("logs").display()));
    println!("ready {}", stack.origin);
    loop {
        std::thread::sleep(Duration::from_millis(300));
        if let Err(problem) = stack.check() {
            drop(lock);
            return Err(problem);
        }
    }
}

fn check_port(port: u16) -> Result<()> {
    if http::is_free(port) {
        return Ok(());
    }
    Err(format!(
        "Port {port} is in use, perhaps by another `cargo xtask dev`. Stop that one, or choose \
         another port: cargo xtask dev --port {}",
        port.checked_add(1).unwrap_or(PORT)
    ))
}

/// Where a runtime's state lives below the folder that was asked for.
pub fn folder(project: &Project, data: Option<&str>, runtime: Runtime) -> Result<PathBuf> {
    let base = match data {
        Some(data) => {
            let here = std::env::current_dir().map_err(|e| format!("The current folder: {e}"))?;
            here.join(data)
        }
        None => project.path(".pipit"),
    };
    Ok(base.join(runtime.name()))
}

/// Removes what `dev` made in its folder, by name: nothing else that may lie there is touched.
fn empty(data: &Path) -> Result<()> {
    for name in ["state", "objects", "logs"] {
        let path = data.join(name);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    for name in ["begun", "migrations", "keys.env", "app.env", "app.toml"] {
        let path = data.join(name);
        if project::read(&path).is_some() {
            fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(())
}
