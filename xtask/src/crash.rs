//! Power cuts: the runtime is killed while people write and pay, and started again with what it left.
//!
//! Each cut waits for something that happens to a post (its photo is stored, it is sent, it is
//! answered) and a random moment more, so that over the rounds it falls between the upload and the
//! post, between the post and the feed, and into the jobs. Then everything that was accepted has to be
//! there, once and whole, and nothing else that is half done.

mod look;
mod payer;
mod writer;

use crate::{
    Result,
    process::Running,
    progress::{Step, say},
    project::Project,
    settings,
    stack::{Plan, Stack},
    suites::Tally,
};
use look::Place;
use payer::Payer;
use std::{
    env, fs,
    sync::mpsc::{Receiver, Sender, channel},
    thread::{self, sleep},
    time::{Duration, Instant},
};
use writer::{Attempt, Event, Writer};

/// What each cut waits for, and the most milliseconds that it waits longer.
const CUTS: [(Event, u64); 6] = [
    (Event::Begun, 250),
    (Event::Uploaded, 40),
    (Event::Sending, 80),
    (Event::Answered, 60),
    (Event::Uploaded, 150),
    (Event::Answered, 250),
];
const POSTS_PER_ROUND: usize = 2;
/// A number here makes the same cuts again.
const SEED: &str = "PIPIT_CRASH_SEED";
/// The clock goes on by so much with every cut: a lease on a job (two minutes) is over.
const AHEAD_SECONDS: i64 = 180;
/// The copy of a blog's row lives for a minute of the key-value store's own clock.
const COPY_LIMIT: Duration = Duration::from_secs(90);
/// Leases, retries and a sweep, with room; far less where the clock was moved.
const DRAIN_LIMIT: Duration = Duration::from_secs(420);
const RING: Duration = Duration::from_secs(5);

/// Runs the rounds on an empty state and looks at what is left.
pub fn run(project: &Project, plan: Plan, tally: &mut Tally) {
    let name = format!("{} power cuts", plan.runtime.name());
    let mut step = Step::begin(&name);
    let seed = seed();
    let mut outcomes = Vec::new();
    let ran =
        Rounds::begin(project, plan, seed).and_then(|rounds| rounds.run(&mut step, &mut outcomes));
    match ran {
        Ok(remark) if outcomes.iter().all(Result::is_ok) => {
            step.done(&format!("{remark}; seed {seed}"));
        }
        Ok(_) => step.failed(),
        Err(problem) => {
            outcomes.push(Err(problem));
            step.failed();
        }
    }
    if outcomes.iter().any(Result::is_err) {
        say(&format!("the same cuts again: {SEED}={seed}"));
    }
    tally.outcomes(&name, &outcomes);
}

fn seed() -> u64 {
    let given = env::var(SEED).ok().and_then(|text| text.parse().ok());
    let random = || settings::random().ok()?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    given.unwrap_or_else(|| u64::from(random().unwrap_or_default()))
}

struct Rounds<'a> {
    project: &'a Project,
    plan: Plan,
    dice: Dice,
    stack: Stack,
    /// They stand in for other companies, so their power stays.
    others: Vec<Running>,
    writers: Vec<Writer>,
    payer: Payer,
    attempts: Vec<Attempt>,
    /// Addresses to which a mail was promised.
    mails: Vec<String>,
    /// How many strangers have asked for one so far, beside those of the rounds.
    strangers: usize,
}

impl<'a> Rounds<'a> {
    fn begin(project: &'a Project, plan: Plan, seed: u64) -> Result<Self> {
        let stack = Stack::start(project, &plan)?;
        let photo = project.path("xtask/demo/boats.jpg");
        let photo = fs::read(&photo).map_err(|e| format!("{}: {e}", photo.display()))?;
        let writers = writer::sign_up(&stack, plan.runtime, &photo)?;
        let payer = Payer::begin(&stack, plan.runtime)?;
        let (others, attempts, mails) = (Vec::new(), Vec::new(), Vec::new());
        let dice = Dice(seed);
        let strangers = 0;
        Ok(Self { project, plan, dice, stack, others, writers, payer, attempts, mails, strangers })
    }

    fn run(mut self, step: &mut Step, outcomes: &mut Vec<Result<()>>) -> Result<String> {
        for (round, cut) in CUTS.iter().enumerate() {
            step.beat(|| format!("cut {} of {}", round + 1, CUTS.len()));
            self.cut(round, *cut)?;
            let origin = &self.stack.origin;
            outcomes.push(look::whole(origin, &mut self.writers));
            outcomes.push(self.followed());
            outcomes.push(self.send_again());
        }
        let (origin, attempts) = (self.stack.origin.clone(), &self.attempts);
        for place in [Place::Home, Place::Feed] {
            outcomes.push(soon(|| look::kept(&origin, place, attempts)));
        }
        outcomes.push(self.followed());
        outcomes.push(look::whole(&origin, &mut self.writers));
        let began = Instant::now();
        outcomes.push(self.drained(step));
        Ok(format!(
            "{} posts, {} unanswered and sent again; {} mails; drained in {:.1} s",
            self.attempts.len(),
            self.attempts.iter().filter(|attempt| attempt.was_cut).count(),
            self.mails.len(),
            began.elapsed().as_secs_f32()
        ))
    }

    /// Everybody writes, the power goes, and comes back later.
    fn cut(&mut self, round: usize, (event, more_ms): (Event, u64)) -> Result<()> {
        let (nth, more) = (1 + self.dice.below(2), Duration::from_millis(self.dice.below(more_ms)));
        let (sender, receiver) = channel();
        let Self { writers, payer, stack, attempts, mails, .. } = self;
        let ahead_seconds = self.plan.ahead_seconds;
        let client = writer::stranger(self.plan.runtime, round);
        let others = thread::scope(|scope| {
            let threads: Vec<_> = writers
                .iter_mut()
                .map(|writer| {
                    let sender: Sender<Event> = sender.clone();
                    scope.spawn(move || writer.write(round, POSTS_PER_ROUND, &sender))
                })
                .collect();
            let origin = stack.origin.clone();
            let email = format!("stranger{round}@example.org");
            let asking = scope.spawn(move || writer::ask_for_mail(client, &origin, &email));
            let paying = scope.spawn(move || payer.switch(ahead_seconds));
            drop(sender);
            wait_for(&receiver, event, nth);
            sleep(more);
            let killed = stack.kill();
            for thread in threads {
                attempts.extend(thread.join().map_err(|_| "a writer stopped")?);
            }
            paying.join().map_err(|_| "who pays stopped")??;
            mails.extend(asking.join().map_err(|_| "a stranger stopped")?);
            Ok::<_, String>(killed)
        })?;
        self.others.extend(others);
        self.plan.ahead_seconds += AHEAD_SECONDS;
        self.stack = Stack::start(self.project, &self.plan)?;
        Ok(())
    }

    /// What had no answer is sent again as it was, and is one post then.
    fn send_again(&mut self) -> Result<()> {
        for attempt in self.attempts.iter_mut().filter(|attempt| !attempt.is_accepted) {
            let writer = self.writers.get_mut(attempt.writer).ok_or("there is no such writer")?;
            writer.send_again(attempt)?;
        }
        Ok(())
    }

    /// Every follower sees what was accepted, once, as soon as the job that was cut off has been run again.
    fn followed(&mut self) -> Result<()> {
        let began = Instant::now();
        loop {
            let outcome = look::followed(&self.stack.origin, &mut self.writers, &self.attempts);
            if outcome.is_ok() || began.elapsed() > COPY_LIMIT {
                return outcome;
            }
            self.ring();
            sleep(Duration::from_secs(1));
        }
    }

    /// On Spin nothing sweeps by itself here; who leaves a job has the runners look for others.
    fn ring(&mut self) {
        let nth = CUTS.len() + self.strangers;
        self.strangers += 1;
        let client = writer::stranger(self.plan.runtime, nth);
        let email = format!("stranger{nth}@example.org");
        self.mails.extend(writer::ask_for_mail(client, &self.stack.origin, &email));
    }

    /// Every promised mail arrives and every post is found by its words, once somebody comes by.
    fn drained(&mut self, step: &mut Step) -> Result<()> {
        let began = Instant::now();
        let mut rings = 0;
        loop {
            if began.elapsed() >= RING * rings {
                rings += 1;
                self.ring();
            }
            let missing = match look::unsent(&self.stack.mailbox, &self.mails)? {
                None => look::unfound(&self.stack.origin, &mut self.writers, &self.attempts)?,
                unsent => unsent,
            };
            let missing = match missing {
                None => self.payer.missing(&self.stack.origin, self.plan.ahead_seconds)?,
                missing => missing,
            };
            let Some(missing) = missing else { return Ok(()) };
            if began.elapsed() > DRAIN_LIMIT {
                return Err(format!("After {} s {missing}", DRAIN_LIMIT.as_secs()));
            }
            step.beat(|| missing.clone());
            sleep(Duration::from_millis(300));
        }
    }
}

/// Returns when that has happened so often, or when all that happens has.
fn wait_for(events: &Receiver<Event>, event: Event, nth: u64) {
    let mut count = 0;
    while count < nth {
        match events.recv() {
            Ok(happened) => count += u64::from(happened == event),
            Err(_) => return,
        }
    }
}

fn soon(mut check: impl FnMut() -> Result<()>) -> Result<()> {
    let began = Instant::now();
    loop {
        match check() {
            Err(_) if began.elapsed() < COPY_LIMIT => sleep(Duration::from_secs(1)),
            outcome => return outcome,
        }
    }
}

/// Numbers that a seed decides (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }
}
