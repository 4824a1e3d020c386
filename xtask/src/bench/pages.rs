//! Pages: how many a second, how soon, and what each costs, Pipit's beside its peers'.

use super::{
    Effort, blogs,
    load::{Load, Outcome},
    served::{Served, Workers},
};
use crate::{Result, progress::Step};
use serde_json::{Value, json};

const DOMAIN: &str = "blogs.localhost:8787";
const KINDS: [(&str, fn(u32) -> String); 4] = [
    ("home", |_| "/".to_owned()),
    ("permalink", |posts| blogs::path(posts / 2)),
    ("archive", |_| "/archive".to_owned()),
    ("feed", |_| "/feed.xml".to_owned()),
];

/// A page that is asked for in every round.
struct Page {
    name: String,
    worker: Served,
    host: String,
    path: String,
    is_varied: bool,
    /// The one that it is compared with, by its place.
    peer: Option<usize>,
    outcomes: Vec<Outcome>,
}

impl Page {
    fn of(&self, of: impl Fn(&Outcome) -> f64) -> f64 {
        let mut values: Vec<f64> = self.outcomes.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    }
}

/// Pages in the order of the table.
#[derive(Default)]
struct Table {
    pages: Vec<Page>,
}

impl Table {
    fn add(&mut self, page: Page) -> usize {
        self.pages.push(page);
        self.pages.len() - 1
    }
}

/// Asks for all pages in alternating rounds; prints the table and returns what belongs into the file.
pub fn run(workers: &Workers, effort: Effort) -> Result<Value> {
    let mut table = Table::default();
    hot(workers, &mut table)?;
    cached(workers, &mut table)?;
    uncached(workers, &mut table)?;
    let mut step = Step::begin("asking for pages");
    for round in 0..=effort.rounds {
        for page in &mut table.pages {
            let outcome = ask(page, effort)?;
            // The first round only warms up.
            if round > 0 {
                page.outcomes.push(outcome);
            }
            step.beat(|| format!("round {round} of {}", effort.rounds));
        }
    }
    step.done("");
    let rows = rows(workers.worker("test")?)?;
    Ok(json!({ "speed": report(&table), "rows": rows }))
}

fn ask(page: &Page, effort: Effort) -> Result<Outcome> {
    let Served { port, process } = page.worker;
    let Effort { span, connections, .. } = effort;
    let (host, path, is_varied) = (page.host.as_str(), page.path.as_str(), page.is_varied);
    Load { port, process, host, path, is_varied, connections, span }.run()
}

fn page(name: &str, worker: Served, blog: &str, path: String) -> Page {
    Page {
        name: name.to_owned(),
        worker,
        host: format!("{blog}.{DOMAIN}"),
        path,
        is_varied: false,
        peer: None,
        outcomes: Vec::new(),
    }
}

/// Pages that were sent within the last second, beside Workers that do nothing.
fn hot(workers: &Workers, table: &mut Table) -> Result<()> {
    let script = page("bare JavaScript", workers.worker("bare")?, "many", "/".to_owned());
    table.add(script);
    let rust = page("bare Rust", workers.worker("rust")?, "many", "/".to_owned());
    let peer = table.add(rust);
    for (kind, path) in KINDS {
        let hot = page(&format!("hot {kind}"), workers.worker("pipit")?, "many", path(100_000));
        table.add(Page { peer: Some(peer), ..hot });
    }
    Ok(())
}

/// Pages that come from the Cache API, beside a Worker that keeps the same bytes there. A query makes the
/// memory of the last second miss and the cache not.
fn cached(workers: &Workers, table: &mut Table) -> Result<()> {
    let (ours, theirs) = (workers.worker("pipit")?, workers.worker("cached")?);
    for (kind, path) in KINDS {
        let path = path(100_000);
        copy(ours, theirs, &format!("many.{DOMAIN}"), &path)?;
        let peer = page(&format!("Cache API, {kind}"), theirs, "many", path.clone());
        let peer = table.add(Page { is_varied: true, ..peer });
        let cached = page(&format!("cached {kind}"), ours, "many", path);
        table.add(Page { is_varied: true, peer: Some(peer), ..cached });
    }
    Ok(())
}

/// Pages that are made anew each time, beside Hono's home page and beside those of a small blog.
fn uncached(workers: &Workers, table: &mut Table) -> Result<()> {
    let (ours, hono) = (workers.worker("uncached")?, workers.worker("hono")?);
    for (kind, path) in KINDS {
        let mut smallest = None;
        for (blog, posts) in blogs::BLOGS {
            let mut peer = smallest;
            if kind == "home" {
                let hono = page(&format!("Hono home, {posts} posts"), hono, blog, "/".to_owned());
                peer = Some(table.add(Page { is_varied: true, ..hono }));
            }
            let ours = page(&format!("made {kind}, {posts} posts"), ours, blog, path(posts));
            let place = table.add(Page { is_varied: true, peer, ..ours });
            smallest = smallest.or(Some(place));
        }
    }
    Ok(())
}

/// Gives the peer the same bytes to keep.
fn copy(ours: Served, theirs: Served, host: &str, path: &str) -> Result<()> {
    let agent = ureq::Agent::new_with_defaults();
    let fail = |e: ureq::Error| format!("{host}{path}: {e}");
    let from = format!("http://127.0.0.1:{}{path}", ours.port);
    let mut answer = agent.get(&from).header("host", host).call().map_err(fail)?;
    let body = answer.body_mut().read_to_vec().map_err(fail)?;
    let kind = answer.headers().get("content-type").cloned();
    let to = format!("http://127.0.0.1:{}{path}", theirs.port);
    let put = agent.put(&to).header("host", host);
    let put = kind.into_iter().fold(put, |put, kind| put.header("content-type", kind));
    put.send(&body).map_err(fail)?;
    Ok(())
}

fn report(table: &Table) -> Vec<Value> {
    println!(
        "\n{:<28}{:>12}{:>8}{:>12}{:>10}{:>9}{:>9}",
        "", "per second", "ratio", "CPU in µs", "ratio", "p50 ms", "p99 ms"
    );
    let mut rows = Vec::new();
    for page in &table.pages {
        let peer = page.peer.and_then(|place| table.pages.get(place)).unwrap_or(page);
        let per_second = page.of(|o| o.per_second);
        let cpu_us = page.of(|o| o.cpu_us);
        let ratio = per_second / peer.of(|o| o.per_second).max(f64::MIN_POSITIVE);
        let cpu_ratio = cpu_us / peer.of(|o| o.cpu_us).max(f64::MIN_POSITIVE);
        let (median_ms, p99_ms) = (page.of(|o| o.median_ms), page.of(|o| o.p99_ms));
        let name = &page.name;
        println!(
            "{name:<28}{per_second:>12.0}{ratio:>8.2}{cpu_us:>12.0}{cpu_ratio:>10.2}{median_ms:>9.2}{p99_ms:>9.2}"
        );
        let rounds: Vec<f64> = page.outcomes.iter().map(|o| o.per_second).collect();
        rows.push(json!({
            "name": name, "peer": peer.name, "requests_per_second": per_second, "ratio": ratio,
            "cpu_us": cpu_us, "cpu_ratio": cpu_ratio, "median_ms": median_ms, "p99_ms": p99_ms, "rounds": rounds,
        }));
    }
    rows
}

/// What a page reads of the database when no cache has it, as the test build says.
fn rows(test: Served) -> Result<Vec<Value>> {
    println!(
        "\nWhat a page costs when it is made (db: queries, rows read and written; kv: reads and writes)"
    );
    let agent = ureq::Agent::new_with_defaults();
    let mut rows = Vec::new();
    for (blog, posts) in blogs::BLOGS {
        for (kind, path) in KINDS {
            let url = format!("http://127.0.0.1:{}{}?n=1", test.port, path(posts));
            let host = format!("{blog}.{DOMAIN}");
            let answer = agent.get(&url).header("host", host).call();
            let answer = answer.map_err(|e| format!("{url}: {e}"))?;
            let cost = answer.headers().get("server-timing").and_then(|v| v.to_str().ok());
            let cost = cost.unwrap_or("unknown");
            println!("{:<28}{cost}", format!("{kind}, {posts} posts"));
            rows.push(json!({ "page": kind, "posts": posts, "cost": cost }));
        }
    }
    Ok(rows)
}
