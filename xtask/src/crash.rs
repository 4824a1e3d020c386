//! Power cuts: the runtime is killed while people write, and started again with what it left.
//!
//! The moment of each cut is another one, so that over the rounds it falls between the upload and the
//! post, between the post and the feed, and into the jobs. Afterwards everything that was accepted has
//! to be there, once and whole, and nothing else that is half done.

use crate::{
    Result,
    demo::{self, Visitor},
    http,
    multipart::Form,
    progress::Step,
    project::Project,
    stack::{Plan, Stack},
    suites::Tally,
};
use std::{
    collections::BTreeSet,
    fs,
    sync::Mutex,
    thread::{self, sleep},
    time::{Duration, Instant},
};

/// How long after the first request of a round the power goes.
const CUTS_MS: [u64; 7] = [60, 110, 170, 240, 330, 450, 600];
const WRITERS: usize = 3;
/// A job that was cut off is leased for two minutes more.
const DRAIN_LIMIT: Duration = Duration::from_secs(200);

const COPY_LIMIT: Duration = Duration::from_secs(75);

/// What the writers were promised.
#[derive(Default)]
struct Promises {
    /// Words of posts that were answered with success, and whose they are.
    posts: Vec<(usize, String)>,
    /// Addresses to which a mail was promised.
    mails: Vec<String>,
}

/// Runs the rounds on an empty state and looks at what is left.
pub fn run(project: &Project, plan: &Plan, tally: &mut Tally) {
    let name = format!("{} power cuts", plan.runtime.name());
    let mut step = Step::begin(&name);
    match rounds(project, plan, &mut step) {
        Ok(outcomes) => {
            if outcomes.iter().all(Result::is_ok) {
                step.done("")
            } else {
                step.failed()
            }
            tally.outcomes(&name, &outcomes);
        }
        Err(problem) => {
            step.failed();
            tally.outcomes(&name, &[Err(problem)]);
        }
    }
}

fn rounds(project: &Project, plan: &Plan, step: &mut Step) -> Result<Vec<Result<()>>> {
    let mut stack = Stack::start(project, plan)?;
    let mut writers = Vec::new();
    for nth in 0..WRITERS {
        let name = format!("writer{nth}");
        let email = format!("{name}@example.org");
        let fields = [("name", &*name), ("email", &*email), ("username", &*name)];
        writers.push(Visitor::sign_up(&stack.origin, &stack.mailbox, &fields)?);
    }
    for nth in 1..WRITERS {
        writers[0].follow(&format!("writer{nth}"))?;
    }
    let photo = project.path("xtask/demo/boats.jpg");
    let photo = fs::read(&photo).map_err(|e| format!("{}: {e}", photo.display()))?;
    let promises = Mutex::new(Promises::default());
    let mut mailboxes = Vec::new();
    for (round, cut) in CUTS_MS.iter().enumerate() {
        step.beat(|| format!("cut {} of {}", round + 1, CUTS_MS.len()));
        let origin = stack.origin.clone();
        thread::scope(|scope| {
            let (origin, promises) = (&origin, &promises);
            for (nth, writer) in writers.iter_mut().enumerate() {
                let photo = &photo;
                scope.spawn(move || write(writer, nth, round, photo, promises));
            }
            scope.spawn(move || ask_for_mail(origin, round, promises));
            sleep(Duration::from_millis(*cut));
            mailboxes.extend(stack.crash());
        });
        stack = Stack::start(project, plan)?;
    }
    let promises = promises.into_inner().map_err(|_| "a writer stopped")?;
    if promises.posts.is_empty() {
        return Err("No post was accepted before the power went: the cuts come too early.".into());
    }
    Ok(vec![
        soon(|| kept(&stack, &promises)),
        soon(|| whole(&stack)),
        soon(|| followed(&stack, &mut writers[0], &promises)),
        drained(&stack, &promises, step),
    ])
}

/// Writes posts with a photo each until nobody answers.
fn write(writer: &mut Visitor, nth: usize, round: usize, photo: &[u8], promises: &Mutex<Promises>) {
    for count in 0..3 {
        let words = format!("post {nth} {round} {count} end");
        let sent = Form::new().and_then(|mut form| {
            form.field("text", &words);
            form.file("photo", "boats.jpg", "image/jpeg", photo);
            form.field("alt", "Boats");
            writer.send_form("/posts", form)
        });
        let Ok(()) = sent else { return };
        if let Ok(mut promises) = promises.lock() {
            promises.posts.push((nth, words));
        }
    }
}

fn ask_for_mail(origin: &str, round: usize, promises: &Mutex<Promises>) {
    let email = format!("writer{}@example.org", round % WRITERS);
    let body = http::form(&[("email", &email)]);
    let mut client = http::Client::new(Duration::from_secs(5));
    let kind = "application/x-www-form-urlencoded";
    let answer = client.post(&format!("{origin}/signin"), kind, origin, &body);
    let is_promised = answer.is_ok_and(|answer| answer.status < 400);
    if let (true, Ok(mut promises)) = (is_promised, promises.lock()) {
        promises.mails.push(email);
    }
}

/// The copy of a blog's row lives for a minute, and a power cut may have kept the old one.
fn soon(mut check: impl FnMut() -> Result<()>) -> Result<()> {
    let began = Instant::now();
    loop {
        match check() {
            Err(_) if began.elapsed() < COPY_LIMIT => sleep(Duration::from_secs(2)),
            outcome => return outcome,
        }
    }
}

/// Every accepted post stands once on its blog and in its feed.
fn kept(stack: &Stack, promises: &Promises) -> Result<()> {
    let mut client = http::Client::new(Duration::from_secs(30));
    for nth in 0..WRITERS {
        for path in ["/", "/feed.xml"] {
            let page = client.get_on_localhost(&format!("{}{path}", blog(stack, nth)))?;
            for (_, words) in promises.posts.iter().filter(|(writer, _)| *writer == nth) {
                let element = format!("<p>{words}</p>");
                let escaped = element.replace('<', "&lt;").replace('>', "&gt;");
                let count =
                    page.text.matches(&element).count() + page.text.matches(&escaped).count();
                let least = usize::from(path == "/");
                if count < 1 || (least == 1 && count > 1) {
                    return Err(format!(
                        "`{words}` was accepted and stands {count} times in {path}."
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Whatever stands on a blog has its photo, accepted or not.
fn whole(stack: &Stack) -> Result<()> {
    let mut client = http::Client::new(Duration::from_secs(30));
    for nth in 0..WRITERS {
        let page = client.get_on_localhost(&format!("{}/", blog(stack, nth)))?.text;
        let posts = page.matches("<article").count();
        let sources: BTreeSet<&str> = page
            .split("src=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|source| source.contains("/t/"))
            .collect();
        if sources.len() != posts {
            return Err(format!("{posts} posts of writer{nth} show {} photos.", sources.len()));
        }
        for source in sources {
            let status = client.get_on_localhost(source)?.status;
            if status != 200 {
                return Err(format!("A photo on the blog of writer{nth} answers {status}."));
            }
        }
    }
    Ok(())
}

/// Followers see what was accepted.
fn followed(stack: &Stack, reader: &mut Visitor, promises: &Promises) -> Result<()> {
    let page = reader.get(&format!("{}/", stack.origin))?.text;
    match promises.posts.iter().find(|(_, words)| !page.contains(words.as_str())) {
        Some((_, words)) => Err(format!("`{words}` was accepted and is on no timeline.")),
        None => Ok(()),
    }
}

/// Every promised mail arrives, once somebody comes by or the sweep does.
fn drained(stack: &Stack, promises: &Promises, step: &mut Step) -> Result<()> {
    let began = Instant::now();
    loop {
        let mut missing = None;
        for nth in 0..WRITERS {
            let email = format!("writer{nth}@example.org");
            let promised = promises.mails.iter().filter(|to| **to == email).count();
            // The first mail of each is the one of the sign-up.
            let arrived = demo::mails(&stack.mailbox, &email)?.len().saturating_sub(1);
            if arrived < promised {
                missing =
                    Some(format!("{arrived} of {promised} promised mails to {email} arrived"));
            }
        }
        let Some(missing) = missing else { return Ok(()) };
        if began.elapsed() > DRAIN_LIMIT {
            return Err(format!("After {} s {missing}.", DRAIN_LIMIT.as_secs()));
        }
        step.beat(|| missing.clone());
        // On Spin nothing sweeps by itself here; any request that leaves a job looks for others.
        if began.elapsed() > Duration::from_secs(121) {
            ask_for_mail(&stack.origin, 99, &Mutex::new(Promises::default()));
        }
        sleep(Duration::from_secs(2));
    }
}

fn blog(stack: &Stack, nth: usize) -> String {
    stack.origin.replacen("//", &format!("//writer{nth}.blogs."), 1)
}
