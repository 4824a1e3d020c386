//! `bench`: how fast Pipit answers, side by side with a Worker that does nothing.

use crate::{
    Result,
    args::Args,
    load::{Load, Outcome},
    process::{self, Running},
    progress::{Step, say},
    project::{self, Project},
    render::{self, Renderer},
    settings,
    stack::{self, Flavour, Runtime},
    visible, worker,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What `bench --help` prints.
pub const HELP: &str = "
cargo xtask bench [--only pages|markdown|visible] [--rounds N] [--seconds N] [--connections N]

Runs a bare JavaScript Worker and Pipit's release build in workerd, straight, without wrangler's
proxy, and asks both for a page in alternating rounds. Then lets Pipit's test build and a JavaScript
library turn a post of 10,000 words into HTML, and Pipit texts that mean harm. Last, posts are sent on
both runtimes and looked for until readers see them. Prints the medians as tables and writes them to
target/bench.json.

  --only            one of the three parts
  --rounds N        how many rounds (default 5)
  --seconds N       how long each page is asked for in a round (default 3)
  --connections N   how many at the same time (default 16)";

const HOST: &str = "localhost:8787";

struct Page {
    name: &'static str,
    port: u16,
    path: &'static str,
    outcomes: Vec<Outcome>,
}

/// Runs `bench`.
pub fn command(mut args: Args) -> Result<()> {
    let mut number = |name: &str, usual: usize| match args.value(name)? {
        None => Ok(usual),
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n > 0 => Ok(n),
            _ => Err(format!("{name} needs a number, not `{text}`.")),
        },
    };
    let rounds = number("--rounds", 5)?;
    let span = Duration::from_secs(number("--seconds", 3)? as u64);
    let connections = number("--connections", 16)?;
    let only = args.value("--only")?;
    args.finish()?;
    let parts = ["pages", "markdown", "visible"];
    if let Some(other) = only.as_deref().filter(|only| !parts.contains(only)) {
        return Err(format!("--only is pages, markdown or visible, not `{other}`."));
    }
    let wants = |part: &str| only.as_deref().is_none_or(|only| only == part);

    let project = Project::find()?;
    let mut whole = json!({ "connections": connections });
    if wants("pages") || wants("markdown") {
        stack::build(&project, Runtime::Cloudflare, Flavour::Release)?;
        stack::build(&project, Runtime::Cloudflare, Flavour::Test)?;
        let served = serve(&project)?;
        if wants("pages") {
            whole["pages"] = json!(ask_for_pages(&served, rounds, connections, span)?);
        }
        if wants("markdown") {
            let (ours, library) = (served.worker("renderer")?, served.worker("library")?);
            whole["markdown"] = render::run(ours, library)?;
        }
    }
    if wants("visible") {
        whole["visible"] = visible::run(&project)?;
    }
    let file = project.path("target/bench.json");
    project::write(&file, &format!("{whole:#}\n"))?;
    say(&format!("written to {}", file.display()));
    Ok(())
}

fn ask_for_pages(
    served: &Served,
    rounds: usize,
    connections: usize,
    span: Duration,
) -> Result<Vec<Value>> {
    let (bare, pipit) = (served.worker("bare")?.port, served.worker("pipit")?.port);
    let page = |name, port, path| Page { name, port, path, outcomes: Vec::new() };
    let mut pages = [
        page("a bare JavaScript Worker", bare, "/"),
        page("Pipit's front page", pipit, "/"),
        page("Pipit's style sheet", pipit, "/static/pipit.css"),
    ];
    let mut step = Step::begin("asking for pages");
    for round in 0..=rounds {
        for page in &mut pages {
            let (port, path) = (page.port, page.path);
            let outcome = Load { port, host: HOST, path, connections, span }.run()?;
            // The first round only warms up.
            if round > 0 {
                page.outcomes.push(outcome);
            }
        }
        step.beat(|| format!("round {round} of {rounds}"));
    }
    step.done("");
    Ok(report(&pages))
}

struct Served {
    _running: Running,
    workers: Value,
}

impl Served {
    fn worker(&self, name: &str) -> Result<Renderer> {
        let worker = &self.workers[name];
        let port = worker["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.ok_or_else(|| format!("The Worker {name} has no port."))?;
        Ok(Renderer { port, process: worker["process"].as_u64().unwrap_or_default() })
    }
}

fn serve(project: &Project) -> Result<Served> {
    let data = project.path(".pipit/bench");
    let state = data.join("state");
    worker::migrate(project, &data, &state)?;
    let mut values = settings::local(&settings::Local {
        port: 8787,
        mail_port: 8025,
        reach: Vec::new(),
        ahead_seconds: 0,
        data: &data,
    })?;
    // A release build refuses it, as it should.
    values.remove("OUTBOUND_ALLOW");
    let file = data.join("settings.json");
    project::write(&file, &json!(values).to_string())?;
    let log = data.join("serve.log");
    let mut command = project.node();
    command.arg("xtask/bench/serve.mjs").arg(&state).arg(&file);
    let mut running = Running::start("the benchmark's workerd", &mut command, &log)?;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        running.check()?;
        let text = project::read(&log).unwrap_or_default();
        let mut lines = text.lines();
        if let Some(workers) = lines.find_map(|line| serde_json::from_str::<Value>(line).ok()) {
            return Ok(Served { _running: running, workers });
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("The benchmark's workerd does not answer.\n{}", process::tail(&log)))
}

fn report(pages: &[Page]) -> Vec<Value> {
    println!("{:<28}{:>12}{:>12}{:>12}{:>8}", "", "per second", "median ms", "p99 ms", "ratio");
    let base = pages.first().map_or(0.0, |page| median(page, |o| o.per_second));
    let mut rows = Vec::new();
    for page in pages {
        let per_second = median(page, |o| o.per_second);
        let (median_ms, p99_ms) = (median(page, |o| o.median_ms), median(page, |o| o.p99_ms));
        let ratio = if base > 0.0 { per_second / base } else { 0.0 };
        let name = page.name;
        println!("{name:<28}{per_second:>12.0}{median_ms:>12.2}{p99_ms:>12.2}{ratio:>8.2}");
        let rounds: Vec<f64> = page.outcomes.iter().map(|o| o.per_second).collect();
        rows.push(json!({
            "name": name, "path": page.path, "requests_per_second": per_second,
            "median_ms": median_ms, "p99_ms": p99_ms, "ratio": ratio, "rounds": rounds,
        }));
    }
    rows
}

fn median(page: &Page, of: impl Fn(&Outcome) -> f64) -> f64 {
    let mut values: Vec<f64> = page.outcomes.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
