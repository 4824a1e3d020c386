//! `test`: every suite there is, one after the other, and one line at the end.

use crate::{
    Result,
    args::Args,
    cards, clients, corpus, crash, http,
    project::Project,
    secrets,
    stack::{self, Flavour, Plan, Runtime, Stack},
    suites::{Reading, Suite, Tally},
    tools,
};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What `test --help` prints.
pub const HELP: &str = "
cargo xtask test [--quick | --power-cuts] [--runtime cloudflare|spin]

Gets the tools that are missing and runs every test: formatting and lints, unit tests and the
contract of the ports on this machine, then on workerd and on Spin's components the contract, the
scenarios, the browser tests and the power cuts. Goes on when a suite fails; ends with
`N passed, N failed`.

  --quick       only what needs no runtime and no browser
  --power-cuts  only the power cuts: the runtimes are killed while people write
  --runtime     only what runs on this runtime";

const MINUTE: Duration = Duration::from_secs(60);
/// So many lines of the app's log are shown when something failed.
const COMPLAINTS_MAX: usize = 60;
/// Where Debian and its relatives put the browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Runs `test`.
pub fn command(mut args: Args) -> Result<()> {
    let quick = args.flag("--quick");
    let only_cuts = args.flag("--power-cuts");
    let only = Runtime::take(&mut args)?;
    args.finish()?;
    let project = Project::find()?;
    let mut tally = Tally::default();
    if only.is_none() && !only_cuts {
        on_this_machine(&project, &mut tally)?;
    }
    if !quick {
        let is_meant = |runtime: &Runtime| only.is_none_or(|only| only == *runtime);
        let meant = [Runtime::Cloudflare, Runtime::Spin].into_iter().filter(is_meant);
        let browser = if only_cuts { None } else { tally.note("browser", browser(&project)) };
        for runtime in meant {
            println!("\n{}", runtime.name());
            let state = tally.note(&format!("{} state", runtime.name()), folder(&project, runtime));
            let Some((data, _lock)) = state else { continue };
            if !only_cuts {
                on_runtime(&project, runtime, &data, browser.is_some(), &mut tally);
            }
            power_cuts(&project, runtime, &data, &mut tally);
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 { Ok(()) } else { Err(String::new()) }
}

fn on_this_machine(project: &Project, tally: &mut Tally) -> Result<()> {
    tools::Tools::for_spin(project)?;
    tools::Tools::for_workers(project)?;
    let whole = |name, limit| Suite { name, reading: Reading::Whole, limit };
    let mut fmt = project.cargo();
    fmt.args(["fmt", "--all", "--check"]);
    tally.run(project, &whole("format", MINUTE), &mut fmt);
    let mut lint = project.cargo();
    lint.args(["clippy", "--quiet", "--lib", "--workspace", "--exclude", "host-spin"]);
    lint.args(["--exclude", "host-cloudflare", "--", "--deny", "warnings"]);
    tally.run(project, &whole("lints", 15 * MINUTE), &mut lint);
    for (name, target, package) in [
        ("lints of the Worker", "wasm32-unknown-unknown", "host-cloudflare"),
        ("lints of the components", "wasm32-wasip2", "host-spin"),
    ] {
        let mut lint = project.cargo();
        lint.args(["clippy", "--quiet", "--lib", "--target", target, "-p", package]);
        lint.args(["--", "--deny", "warnings"]);
        tally.run(project, &whole(name, 15 * MINUTE), &mut lint);
    }
    let mut unit = project.cargo();
    // The packages are there by now, so a test that wants one fails without it.
    unit.args(["test", "--no-fail-fast"]).env("PIPIT_PACKAGES", project.path("node_modules"));
    if let Some(python) = tally.note("Python", clients::python(project)) {
        unit.env("PIPIT_PYTHON", python);
    }
    let suite = Suite { name: "this machine", reading: Reading::Cargo, limit: 20 * MINUTE };
    tally.run(project, &suite, &mut unit);
    let mut own = project.cargo();
    own.args(["test", "--no-fail-fast", "-p", "xtask"]);
    let suite = Suite { name: "xtask", reading: Reading::Cargo, limit: 10 * MINUTE };
    tally.run(project, &suite, &mut own);
    corpus::run(project, tally);
    Ok(())
}

fn on_runtime(
    project: &Project,
    runtime: Runtime,
    data: &Path,
    with_browser: bool,
    tally: &mut Tally,
) {
    let name = runtime.name();
    let failed_before = tally.failed;
    let planned = plan(runtime, data.to_owned());
    let started = planned.and_then(|plan| Stack::start(project, &plan));
    let Some(stack) = tally.note(&format!("{name} start"), started) else { return };
    let mut scenarios = project.cargo();
    // One at a time: they share the runtime, its limits and its mailbox.
    scenarios.args(["test", "--no-fail-fast", "-p", "tests"]);
    for name in names(&project.path("tests/tests"), ".rs").iter().filter(|name| is_scenario(name)) {
        scenarios.args(["--test", name]);
    }
    scenarios.args(["--", "--test-threads=1", "--skip", "in_memory::"]);
    surroundings(&mut scenarios, &stack, runtime);
    scenarios.env("PIPIT_SECRETS", data.join(secrets::FILE));
    let suite =
        Suite { name: &format!("{name} scenarios"), reading: Reading::Cargo, limit: 30 * MINUTE };
    tally.run(project, &suite, &mut scenarios);
    secrets::run(data, runtime, tally);
    clients::run(project, &stack, runtime, tally);
    if with_browser {
        in_browser(project, &stack, runtime, tally);
    }
    cards::run(project, &stack, data, runtime, tally);
    if tally.failed > failed_before {
        println!("{}", complaints(data));
    }
}

/// What the app itself said of what went wrong, without the lines that each request leaves.
fn complaints(data: &Path) -> String {
    let log = data.join("logs/app.log");
    let text = fs::read_to_string(&log).unwrap_or_default();
    let is_telling = |line: &&str| !line.trim().is_empty() && !line.contains("[wrangler:info]");
    let lines: Vec<&str> = text.lines().filter(is_telling).collect();
    let from = lines.len().saturating_sub(COMPLAINTS_MAX);
    format!("The app's own words:\n{}", lines.get(from..).unwrap_or_default().join("\n"))
}

fn power_cuts(project: &Project, runtime: Runtime, data: &Path, tally: &mut Tally) {
    let planned = plan(runtime, data.join("power-cuts"));
    if let Some(plan) = tally.note(&format!("{} power cuts", runtime.name()), planned) {
        crash::run(project, plan, tally);
    }
}

fn in_browser(project: &Project, stack: &Stack, runtime: Runtime, tally: &mut Tally) {
    for script in names(&project.path("tests/browser"), ".mjs") {
        let mut command = project.node();
        command.arg(format!("tests/browser/{script}.mjs")).env("PIPIT_BROWSER", CHROMIUM);
        surroundings(&mut command, stack, runtime);
        let name = format!("{} browser {script}", runtime.name());
        let suite = Suite { name: &name, reading: Reading::LastLine, limit: 5 * MINUTE };
        tally.run(project, &suite, &mut command);
    }
}

/// What the suites against a runtime are told of it.
pub fn surroundings(command: &mut Command, stack: &Stack, runtime: Runtime) {
    if let Some(stripe) = &stack.stripe {
        command.env("PIPIT_STRIPE", stripe);
    }
    command
        .env("PIPIT_URL", &stack.origin)
        .env("PIPIT_MAILBOX", &stack.mailbox)
        .env("PIPIT_RUNTIME", runtime.name())
        .env("PIPIT_FIXTURE_PORT", stack::FIXTURE_PORT.to_string())
        .env("PIPIT_ELSEWHERE_PORT", stack::ELSEWHERE_PORT.to_string());
}

/// An empty folder that is this run's alone; those of runs that have ended are removed.
fn folder(project: &Project, runtime: Runtime) -> Result<(PathBuf, File)> {
    let all = project.path(".pipit/test");
    for entry in fs::read_dir(&all).into_iter().flatten().filter_map(std::result::Result::ok) {
        if stack::lock(&entry.path()).is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let data = all.join(format!("{}-{}", runtime.name(), std::process::id()));
    let lock = stack::lock(&data)?;
    Ok((data, lock))
}

/// A test build on free ports.
pub fn plan(runtime: Runtime, data: PathBuf) -> Result<Plan> {
    Ok(Plan {
        runtime,
        flavour: Flavour::Test,
        port: http::free_port()?,
        mail_port: http::free_port()?,
        objects_port: http::free_port()?,
        stripe_port: Some(http::free_port()?),
        data,
        ahead_seconds: 0,
        more: Default::default(),
    })
}

/// What runs on this machine alone: the look at the project's files, and what needs a moved clock.
fn is_scenario(name: &str) -> bool {
    name != "tidy" && !name.ends_with("_in_memory")
}

/// The names of the files of a folder that end so, without the end; those with `_` in front are
/// what the others share.
pub fn names(folder: &Path, end: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(std::result::Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.strip_suffix(end).filter(|name| !name.starts_with('_')).map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

/// Makes sure that Chromium is there; installs it where that is possible without asking.
fn browser(project: &Project) -> Result<()> {
    let is_there = || PathBuf::from(CHROMIUM).is_file();
    if is_there() {
        return Ok(());
    }
    let missing = format!(
        "Chromium is missing ({CHROMIUM}), which the browser tests need. Install it, for example \
         with `apt-get install chromium`."
    );
    tools::system_packages(project, &["chromium"], &missing)?;
    if is_there() { Ok(()) } else { Err(missing) }
}
