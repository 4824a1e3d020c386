//! Timelines at the size of a large Pipit: 100,000 feeds with 1,000,000 entries, one reader of ten feeds
//! and one of a thousand, one author whom nobody follows and one whom 10,000 follow. On local D1.

use crate::{
    Result, process,
    progress::Step,
    project::{self, Project, hex},
    stack::{Flavour, Plan, Runtime, Stack},
    test, worker,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Those who have a token and a session.
const PEOPLE: [&str; 5] = ["few", "many", "alone", "famous", "f09999"];
const ROUNDS: usize = 40;
const POSTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(700);
const LIMIT: Duration = Duration::from_secs(30);

/// Fills a database, starts Pipit on it and measures.
pub fn run(project: &Project) -> Result<Value> {
    let data = project.path(".pipit/bench-timeline");
    let _ = fs::remove_dir_all(&data);
    let state = data.join("state");
    worker::migrate(project, &data, &state)?;
    fill(project, &data, &state)?;
    let plan = Plan { flavour: Flavour::Dev, ..test::plan(Runtime::Cloudflare, data)? };
    let stack = Stack::start(project, &plan)?;
    let bench = Bench { origin: stack.origin.clone(), agent: ureq::Agent::new_with_defaults() };
    let pages = bench.pages()?;
    let posts = bench.posts()?;
    Ok(json!({ "pages": pages, "posts": posts }))
}

fn fill(project: &Project, data: &Path, state: &Path) -> Result<()> {
    let file = data.join("fill.sql");
    let mut text = include_str!("timeline.sql").to_owned();
    for name in PEOPLE {
        let hash = hex(&Sha256::digest(token(name)));
        text.push_str(&format!(
            "insert into tokens (id, account_id, token_hash, name, scopes, created_at, used_at)
               values ('t-{name}', '{name}', '{hash}', 'bench', 'create read follow', unixepoch(), unixepoch());
             insert into sessions (id, account_id, user_agent, created_at, used_at, idle_ends_at, ends_at, rotated_at)
               values ('{hash}', '{name}', '', unixepoch(), unixepoch(), unixepoch() + 86400, unixepoch() + 86400, unixepoch());\n"
        ));
    }
    project::write(&file, &text)?;
    let mut command = project.wrangler();
    command
        .env("WRANGLER_LOG_PATH", data.join("logs/wrangler"))
        .args(["d1", "execute", "DB", "--local", "--yes", "--persist-to"])
        .arg(state)
        .arg("--file")
        .arg(&file);
    process::run("writing 1,000,000 entries", &mut command, &data.join("logs/fill.log")).map(drop)
}

fn token(name: &str) -> String {
    format!("{name:-<43}")
}

struct Bench {
    origin: String,
    agent: ureq::Agent,
}

impl Bench {
    /// One answer: milliseconds, what it cost, its text.
    fn get(&self, name: &str, path: &str) -> Result<(f64, String, String)> {
        let url = format!("{}{path}", self.origin);
        let fail = |e: ureq::Error| format!("{url}: {e}");
        let asked = Instant::now();
        let request = self.agent.get(&url);
        let mut answer = if path.starts_with("/posts/") {
            request.header("authorization", format!("Bearer {}", token(name)))
        } else {
            request.header("cookie", format!("__Host-pipit_session={}", token(name)))
        }
        .call()
        .map_err(fail)?;
        let text = answer.body_mut().read_to_string().map_err(fail)?;
        let cost = answer.headers().get("server-timing").and_then(|v| v.to_str().ok());
        Ok((asked.elapsed().as_secs_f64() * 1000.0, cost.unwrap_or_default().to_owned(), text))
    }

    /// The pages of both readers in turn.
    fn pages(&self) -> Result<Vec<Value>> {
        println!("\n{:<34}{:>10}{:>10}  what it costs", "", "median ms", "p90 ms");
        let mut rows = Vec::new();
        for name in ["few", "many"] {
            let (ms, cost, _) = self.get(name, "/")?;
            println!("{:<34}{ms:>10.1}{:>10}  {cost}", format!("{name}, first visit"), "");
            rows.push(json!({ "page": "first visit", "reader": name, "ms": ms, "cost": cost }));
        }
        let (_, _, text) = self.get("many", "/posts/all?count=40")?;
        let list: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let id = list["items"][39]["id"].as_str().ok_or("the timeline is short")?.to_owned();
        let kinds = [
            ("health", "/healthz".to_owned()),
            ("timeline", "/".to_owned()),
            ("older", format!("/?before={id}")),
            ("API, 40", "/posts/all?count=40".to_owned()),
            ("API, check", format!("/posts/check?since_id={id}")),
        ];
        let mut step = Step::begin("asking for timelines");
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); kinds.len() * 2];
        let mut costs = vec![String::new(); kinds.len() * 2];
        for round in 0..=ROUNDS {
            for (place, times) in times.iter_mut().enumerate() {
                let (name, kind) = (["few", "many"][place % 2], &kinds[place / 2]);
                let (ms, cost, _) = self.get(name, &kind.1)?;
                // The first round only warms up.
                if round > 0 {
                    times.push(ms);
                }
                costs[place] = cost;
                step.beat(|| format!("round {round} of {ROUNDS}"));
            }
        }
        step.done("");
        for (place, times) in times.into_iter().enumerate() {
            let (name, kind) = (["few", "many"][place % 2], kinds[place / 2].0);
            rows.push(row(&format!("{kind}, {name}"), times, &costs[place]));
        }
        Ok(rows)
    }

    /// Posts of both authors in turn, each until the last follower sees it.
    fn posts(&self) -> Result<Vec<Value>> {
        let (mut alone, mut famous, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        let mut cost = [String::new(), String::new()];
        self.get("f09999", "/posts/all?count=1")?;
        let mut step = Step::begin("publishing");
        for nth in 0..=POSTS {
            // So that the jobs of the post before it are over.
            thread::sleep(PAUSE);
            let (one, its) = self.publish("alone", &format!("Number {nth}"))?;
            thread::sleep(PAUSE);
            let sent = Instant::now();
            let words = format!("Famous number {nth}");
            let (other, theirs) = self.publish("famous", &words)?;
            loop {
                if self.get("f09999", "/posts/all?count=1")?.2.contains(&words) {
                    break;
                }
                if sent.elapsed() > LIMIT {
                    return Err(format!("“{words}” is not seen after {LIMIT:?}."));
                }
            }
            if nth > 0 {
                alone.push(one);
                famous.push(other);
                seen.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
            cost = [its, theirs];
            step.beat(|| format!("post {nth} of {POSTS}"));
        }
        step.done("");
        Ok(vec![
            row("publishing, nobody follows", alone, &cost[0]),
            row("publishing, 10,000 follow", famous, &cost[1]),
            row("until the last of them sees it", seen, ""),
        ])
    }

    fn publish(&self, name: &str, text: &str) -> Result<(f64, String)> {
        let url = format!("{}/posts", self.origin);
        let asked = Instant::now();
        let answer = self
            .agent
            .post(&url)
            .header("authorization", format!("Bearer {}", token(name)))
            .header("content-type", "application/json")
            .send(json!({ "content": text }).to_string())
            .map_err(|e| format!("{url}: {e}"))?;
        let cost = answer.headers().get("server-timing").and_then(|v| v.to_str().ok());
        Ok((asked.elapsed().as_secs_f64() * 1000.0, cost.unwrap_or_default().to_owned()))
    }
}

fn row(name: &str, mut times: Vec<f64>, cost: &str) -> Value {
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    let (median, p90) = (at(times.len() / 2), at(times.len() * 9 / 10));
    println!("{name:<34}{median:>10.1}{p90:>10.1}  {cost}");
    json!({ "name": name, "median_ms": median, "p90_ms": p90, "cost": cost })
}
