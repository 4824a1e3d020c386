//! Pipit's blog on Spin beside a component that does nothing.

use super::{
    Effort,
    load::{Load, Outcome},
};
use crate::{
    Result, demo, http,
    process::{self, Running},
    progress::Step,
    project::{self, Project},
    spin,
    stack::{self, Flavour, Plan, Runtime, Stack},
};
use serde_json::{Value, json};
use std::fs;

const MANIFEST: &str = "spin_manifest_version = 2

[application]
name = \"bare\"
version = \"0.1.0\"

[[trigger.http]]
route = \"/...\"
component = \"bare\"

[component.bare]
source = \"bare.wasm\"
";

/// Asks both in alternating rounds; prints the table and returns what belongs into the file.
pub fn run(project: &Project, effort: Effort) -> Result<Value> {
    let data = project.path(".pipit/bench-spin");
    let _ = fs::remove_dir_all(&data);
    let (port, mail_port) = (http::free_port()?, http::free_port()?);
    let plan = Plan {
        runtime: Runtime::Spin,
        flavour: Flavour::Test,
        port,
        mail_port,
        objects_port: stack::objects_port()?,
        stripe_port: None,
        data: data.clone(),
        ahead_seconds: 0,
        more: Default::default(),
    };
    let stack = Stack::start(project, &plan)?;
    demo::fill(project, &stack.origin, &stack.mailbox)?;
    let bare = http::free_port()?;
    let _running = start_bare(project, bare)?;
    let host = format!("mara.blogs.localhost:{port}");
    let pages = [
        ("bare component", bare, "/"),
        ("blog's home, cached", port, "/"),
        ("blog's feed, cached", port, "/feed.xml"),
    ];
    let mut outcomes: Vec<Vec<Outcome>> = pages.iter().map(|_| Vec::new()).collect();
    let mut step = Step::begin("asking the components");
    for round in 0..=effort.rounds {
        for ((_, port, path), outcomes) in pages.iter().zip(&mut outcomes) {
            let Effort { span, connections, .. } = effort;
            let (host, port) = (host.as_str(), *port);
            let load = Load { port, process: 0, host, path, is_varied: false, connections, span };
            let outcome = load.run()?;
            if round > 0 {
                outcomes.push(outcome);
            }
        }
        step.beat(|| format!("round {round} of {}", effort.rounds));
    }
    step.done("");
    Ok(report(&pages.map(|(name, _, _)| name), &outcomes))
}

fn start_bare(project: &Project, port: u16) -> Result<Running> {
    let folder = project.path(".pipit/bench-bare");
    spin::build_bare(project, &folder.join("bare.wasm"))?;
    project::write(&folder.join("spin.toml"), MANIFEST)?;
    project::write(&folder.join("variables.toml"), "")?;
    let mut command = spin::test_host(project)?;
    command
        .args(["--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(folder.join("state"))
        .args(["--migrations", "migrations", "--cache"])
        .arg(project::cache().join("components"))
        .arg("--variables-file")
        .arg(folder.join("variables.toml"))
        .arg(folder.join("spin.toml"));
    let log = folder.join("host.log");
    let mut running = Running::start("the bare component's host", &mut command, &log)?;
    for _ in 0..600 {
        running.check()?;
        if !http::is_free(port) {
            return Ok(running);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Err(format!("The bare component does not answer.\n{}", process::tail(&log)))
}

fn report(names: &[&str], outcomes: &[Vec<Outcome>]) -> Value {
    let median = |outcomes: &[Outcome], of: fn(&Outcome) -> f64| {
        let mut values: Vec<f64> = outcomes.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    println!("\n{:<28}{:>12}{:>8}{:>9}{:>9}", "on Spin", "per second", "ratio", "p50 ms", "p99 ms");
    let mut rows = Vec::new();
    let base = outcomes.first().map_or(0.0, |first| median(first, |o| o.per_second));
    for (name, outcomes) in names.iter().zip(outcomes) {
        let per_second = median(outcomes, |o| o.per_second);
        let (median_ms, p99_ms) =
            (median(outcomes, |o| o.median_ms), median(outcomes, |o| o.p99_ms));
        let ratio = per_second / base.max(f64::MIN_POSITIVE);
        println!("{name:<28}{per_second:>12.0}{ratio:>8.2}{median_ms:>9.2}{p99_ms:>9.2}");
        rows.push(json!({
            "name": name, "requests_per_second": per_second, "ratio": ratio,
            "median_ms": median_ms, "p99_ms": p99_ms,
        }));
    }
    Value::Array(rows)
}
