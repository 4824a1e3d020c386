//! How long it takes from sending a post until readers see it: on its own page, on the blog, in the
//! feed and on a follower's timeline. Shown and never asserted: it is a time.

use crate::{
    Result,
    demo::Visitor,
    http::{Answer, Client, form},
    multipart::Form,
    progress::Step,
    project::Project,
    stack::{Runtime, Stack},
    test,
};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

const PLACES: [&str; 4] = ["its own page", "the blog", "feed.xml", "a timeline"];
const DOORS: [&str; 2] = ["the composer", "Micropub"];
const POSTS: usize = 10;
/// Seconds are never needed; a post that is not seen then is not seen.
const LIMIT: Duration = Duration::from_secs(20);

/// Two people on a running Pipit: one writes, the other one reads.
struct People {
    origin: String,
    author: Visitor,
    app: Client,
    reader: Visitor,
    anybody: Client,
}

/// Measures on both runtimes.
pub fn run(project: &Project) -> Result<Value> {
    println!("{:<42}{:>12}{:>12}", "seen after sending, ms", "median", "worst");
    let mut rows = Vec::new();
    for runtime in [Runtime::Cloudflare, Runtime::Spin] {
        rows.extend(on_runtime(project, runtime)?);
    }
    Ok(json!(rows))
}

fn on_runtime(project: &Project, runtime: Runtime) -> Result<Vec<Value>> {
    let data = project.path(".pipit/bench-visible").join(runtime.name());
    if data.exists() {
        fs::remove_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
    }
    let stack = Stack::start(project, &test::plan(runtime, data)?)?;
    let mut people = People::sign_up(&stack, runtime)?;
    let mut step = Step::begin("publishing");
    // The first posts only warm up.
    for door in DOORS {
        people.publish(door, &format!("Warm up by {door}"))?;
    }
    let mut rows = Vec::new();
    for door in DOORS {
        let mut times: [Vec<f64>; 4] = Default::default();
        for nth in 0..POSTS {
            let seen = people.publish(door, &format!("Number {nth} by {door}"))?;
            times.iter_mut().zip(seen).for_each(|(times, time)| times.push(time));
            step.beat(|| format!("post {nth} by {door}"));
        }
        for (place, times) in PLACES.iter().zip(times) {
            rows.push(row(runtime, door, place, times));
        }
    }
    step.done("");
    Ok(rows)
}

fn row(runtime: Runtime, door: &str, place: &str, mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let worst = times.last().copied().unwrap_or_default();
    let runtime = runtime.name();
    println!("{:<42}{median:>12.0}{worst:>12.0}", format!("{runtime}, {door}: {place}"));
    json!({ "runtime": runtime, "door": door, "place": place, "median_ms": median, "worst_ms": worst })
}

impl People {
    fn sign_up(stack: &Stack, runtime: Runtime) -> Result<Self> {
        let client = |nth: usize| {
            let client = Client::new(Duration::from_secs(30));
            client.from_address(runtime, &format!("81.3.0.{nth}"))
        };
        let visitor = |nth: usize, name: &str| {
            let email = format!("{name}@example.org");
            let fields = [("name", name), ("email", &*email), ("username", name)];
            Visitor::sign_up(client(nth), &stack.origin, &stack.mailbox, &fields)
        };
        let (mut author, mut reader) = (visitor(1, "author")?, visitor(2, "reader")?);
        reader.follow("author")?;
        let token = author.token(&["create"])?;
        let app = client(3).with("authorization", &format!("Bearer {token}"));
        let origin = stack.origin.clone();
        Ok(Self { origin, author, app, reader, anybody: client(4) })
    }

    /// Milliseconds from sending a post until each place has shown it, by asking for each in turn.
    fn publish(&mut self, door: &str, text: &str) -> Result<[f64; 4]> {
        let blog = self.origin.replacen("//", "//author.blogs.", 1);
        // So that what is seen is a page of before that had to make way.
        for path in ["/", "/feed.xml"] {
            self.anybody.get_on_localhost(&format!("{blog}{path}"))?;
        }
        let sent = Instant::now();
        let location = self.send(door, text)?;
        let home = until(sent, text, || self.anybody.get_on_localhost(&format!("{blog}/")))?;
        let permalink = match location {
            Some(location) => location,
            // The newest post stands first.
            None => first_permalink(&home.1, &blog).ok_or("the blog names no post")?,
        };
        let page = until(sent, text, || self.anybody.get_on_localhost(&permalink))?;
        let feed =
            until(sent, text, || self.anybody.get_on_localhost(&format!("{blog}/feed.xml")))?;
        let timeline = until(sent, text, || self.reader.get(&format!("{}/", self.origin)))?;
        Ok([page.0, home.0, feed.0, timeline.0])
    }

    /// Returns the post's address where the door tells it.
    fn send(&mut self, door: &str, text: &str) -> Result<Option<String>> {
        if door == DOORS[0] {
            let mut form = Form::new()?;
            form.field("text", text);
            return self.author.send_form("/posts", form).map(|()| None);
        }
        let body = form(&[("h", "entry"), ("content", text)]);
        let (url, kind) =
            (format!("{}/micropub", self.origin), "application/x-www-form-urlencoded");
        let answer = self.app.post(&url, kind, &self.origin, &body)?;
        match answer.status {
            201 | 202 => Ok(answer.location),
            status => Err(format!("POST /micropub answers {status}: {}", answer.text)),
        }
    }
}

/// Asks until the answer shows the text; milliseconds since it was sent, and the page.
fn until(
    sent: Instant,
    text: &str,
    mut ask: impl FnMut() -> Result<Answer>,
) -> Result<(f64, String)> {
    loop {
        let answer = ask()?;
        if answer.status == 200 && answer.text.contains(text) {
            return Ok((sent.elapsed().as_secs_f64() * 1000.0, answer.text));
        }
        if sent.elapsed() > LIMIT {
            return Err(format!("`{text}` is not seen after {} s.", LIMIT.as_secs()));
        }
    }
}

fn first_permalink(page: &str, blog: &str) -> Option<String> {
    let (_, articles) = page.split_once("<article")?;
    let at = articles.find(&format!("{blog}/2"))?;
    articles.get(at..)?.split('"').next().map(str::to_owned)
}
