//! `bench`, second half: what it costs to turn Markdown into HTML, beside a Worker in JavaScript.

use super::{load::cpu, served::Served};
use crate::Result;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

struct Row {
    name: String,
    median_ms: f64,
    p99_ms: f64,
}

const HOST: &str = "localhost:8787";
const OURS: &str = "/contract/bench/render";
const WORDS: usize = 10_000;
const WARM_UP: usize = 60;
const ROUNDS: usize = 300;
/// Each of these made long is the kind of text that a renderer may choke on.
const HOSTILE: [(&str, &str); 8] = [
    ("nested elements", "<div>"),
    ("nested quotes", "> "),
    ("brackets", "["),
    ("stars", "*a **b"),
    ("tags without an end", "<a "),
    ("formatting left open", "<p><b title='</b>@'>x</p>"),
    ("footnotes", "[^@]\n\n[^@]: x\n\n"),
    ("columns of a table", "|a"),
];
const HOSTILE_BYTES: usize = 200_000;

/// Renders a post of 10,000 words over and over, one request after the other, and hostile texts;
/// prints the table and returns what belongs into the file.
///
/// The figures are the processor time that the whole process took for a request, with its
/// compiling and tidying up; where the system does not tell that, the time that passed.
pub fn run(ours: Served, library: Served) -> Result<Value> {
    let text = post();
    let mut rows = Vec::new();
    for (name, renderer, path) in [
        ("markdown-it", library, "/"),
        ("markdown-it, sanitize-html", library, "/sanitised"),
        ("Pipit", ours, OURS),
    ] {
        rows.push(measure(name, renderer, path, &text, WARM_UP, ROUNDS)?);
    }
    let base = rows.first().map_or(0.0, |row| row.median_ms);
    let what = if cpu(ours.process).is_some() { "CPU" } else { "time" };
    println!("\n{:<28}{:>12}{:>12}{:>8}", "10,000 words, ms of", what, "p99", "ratio");
    for row in &rows {
        let ratio = if base > 0.0 { row.median_ms / base } else { 0.0 };
        println!("{:<28}{:>12.2}{:>12.2}{ratio:>8.2}", row.name, row.median_ms, row.p99_ms);
    }
    println!("\n{:<28}{:>12}{:>12}", "Pipit, 200 KB, ms of", what, "p99");
    let mut hostile = Vec::new();
    for (name, part) in HOSTILE {
        let times = 0..HOSTILE_BYTES / part.len();
        let text: String = times.map(|n| part.replace('@', &n.to_string())).collect();
        let row = measure(name, ours, OURS, &text, 2, 10)?;
        println!("{:<28}{:>12.2}{:>12.2}", row.name, row.median_ms, row.p99_ms);
        hostile.push(row);
    }
    let of = |rows: &[Row]| -> Vec<Value> { rows.iter().map(Row::json).collect() };
    Ok(json!({
        "measure": what, "words": WORDS, "rounds": ROUNDS, "post": of(&rows),
        "hostile_bytes": HOSTILE_BYTES, "hostile": of(&hostile),
    }))
}

impl Row {
    fn json(&self) -> Value {
        json!({ "name": self.name, "median_ms": self.median_ms, "p99_ms": self.p99_ms })
    }
}

fn measure(
    name: &str,
    renderer: Served,
    path: &str,
    text: &str,
    warm_up: usize,
    rounds: usize,
) -> Result<Row> {
    let url = format!("http://127.0.0.1:{}{path}", renderer.port);
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60)));
    let agent: ureq::Agent = config.build().into();
    let mut times = Vec::new();
    for round in 0..warm_up + rounds {
        let (before, began) = (cpu(renderer.process), Instant::now());
        let post = agent.post(&url).header("host", HOST).header("content-type", "text/markdown");
        let answer = post.send(text).and_then(|mut answer| answer.body_mut().read_to_vec());
        answer.map_err(|e| format!("{url}: {e}"))?;
        let took = match (before, cpu(renderer.process)) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => began.elapsed(),
        };
        if round >= warm_up {
            times.push(took);
        }
    }
    times.sort();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    Ok(Row { name: name.to_owned(), median_ms: at(0.5), p99_ms: at(0.99) })
}

/// A post of 10,000 words with something of everything that people write.
fn post() -> String {
    let mut text = String::new();
    let mut section = 0;
    while text.split_whitespace().count() < WORDS {
        section += 1;
        text.push_str(&SECTION.replace('@', &section.to_string()));
    }
    text
}

const SECTION: &str = "\
## Part @: what the morning brought

The path along the river was *still* wet, and nobody else was out. I had packed a thermos, two
sandwiches and the [old map](https://maps.example/sheet/@) that my grandmother drew; it shows a
ferry that has not run since **1974**, and a mill that is now somebody's weekend house. Most of what
she wrote in the margins is about birds, some of it about people, and once, in pencil, about both.

I counted eleven herons before the bridge. “Eleven is a lot,” wrote a friend when I posted the number,
and linked https://birds.example/herons/@?season=autumn as proof that it is not[^n@]. The #herons did not
mind. They stand in the shallows with the patience of people who wait for a bus, and when one leaves the
others move up by exactly one place, as if somebody had drawn lines on the water for them to stand on.

- bread, cheese, an apple
- a notebook with `@` written on it
- the camera, which stayed in its bag for most of the day because of the rain

> A walk is only as long as the story that you tell about it afterwards.

After the bridge the ground rises and the trees close in. It is darker there, the air smells of leaves
and cold smoke, and the sound of the road is gone within a few steps. At the top stands a bench with a
plate for a man who “liked it here”, which is as good a thing to have said of one as I can think of. I
sat down, ate the first sandwich, and wrote down what I had seen so far, in the order of seeing it, with
~~all~~ most of the times, so that I could compare the list with hers when I got home in the evening.

| bird | seen | in her list |
|------|-----:|-------------|
| heron | 11 | 4 |
| kingfisher | 1 | **2** |

```text
07:40 river, fog
09:15 bridge, sun
```

[^n@]: It is a lot for October.

";
