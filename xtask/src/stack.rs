//! A whole local Pipit: the app on one of its runtimes, with the mailbox beside it.

use crate::{
    Result,
    args::Args,
    http, mailbox, objects,
    process::Running,
    progress::{Step, say},
    project::Project,
    settings, spin, stripe, worker,
};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

/// What `build --help` prints.
pub const BUILD_HELP: &str = "
cargo xtask build [--runtime cloudflare|spin]

Builds what is deployed (release builds, without anything that is for development) into build/ and
prints the sizes. Fails when the Worker is over 3.3 MB (compressed 1.25 MB) or a component over 1.5 MB.

  --runtime   only for this one (default: both)";

/// Where the tests' own web site listens, for the feeds that are fetched from it.
pub const FIXTURE_PORT: u16 = 8028;
/// Where the server listens that shares no code with ours.
pub const ELSEWHERE_PORT: u16 = 8029;
/// Cargo's settings for a standard library compiled for size. They are not stable, which is what the
/// first one is for; the toolchain that they are meant for is pinned.
const SMALL_STANDARD_LIBRARY: &[(&str, &str)] = &[
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_RELEASE_PANIC", "immediate-abort"),
];
const READY_LIMIT: Duration = Duration::from_secs(90);

/// Where Pipit runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Cloudflare Workers: workerd, through wrangler.
    Cloudflare,
    /// Spin, or the project's test host.
    Spin,
}

impl Runtime {
    /// Takes `--runtime`; None when it was not there.
    pub fn take(args: &mut Args) -> Result<Option<Self>> {
        match args.value("--runtime")?.as_deref() {
            None => Ok(None),
            Some("cloudflare") => Ok(Some(Self::Cloudflare)),
            Some("spin") => Ok(Some(Self::Spin)),
            Some(other) => Err(format!("--runtime is cloudflare or spin, not `{other}`.")),
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cloudflare => "cloudflare",
            Self::Spin => "spin",
        }
    }
}

/// What a build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// To be deployed.
    Release,
    /// `dev`: the moved clock, the loopback allow-list, Server-Timing.
    Dev,
    /// Tests: like `Dev`, and the routes of the contract suite.
    Test,
}

impl Flavour {
    /// The cargo features of the Worker.
    pub fn features(self) -> &'static str {
        match self {
            Self::Release => "",
            Self::Dev => "dev",
            Self::Test => "dev,contract",
        }
    }

    /// How its standard library is compiled: anew, small, and without what a panic says, except in
    /// a development build, where that is worth more than the size.
    pub fn standard_library(self, command: &mut Command) {
        if self != Self::Dev {
            command.envs(SMALL_STANDARD_LIBRARY.iter().copied());
        }
    }

    /// What tells its output folder from the others'.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Release => "",
            Self::Dev => "-dev",
            Self::Test => "-test",
        }
    }
}

/// How a local Pipit is to run.
pub struct Plan {
    /// On which runtime.
    pub runtime: Runtime,
    /// From which build.
    pub flavour: Flavour,
    /// The app's port.
    pub port: u16,
    /// The mailbox's port.
    pub mail_port: u16,
    /// The object store's port.
    pub objects_port: u16,
    /// The port of the stand-in for Stripe, where there is to be one.
    pub stripe_port: Option<u16>,
    /// Where state, keys and logs are kept.
    pub data: PathBuf,
    /// How far the clock runs ahead.
    pub ahead_seconds: i64,
    /// Settings that count whatever others say.
    pub more: settings::Settings,
}

/// A running local Pipit; dropping it ends it.
pub struct Stack {
    /// Where the app answers, without a slash at the end.
    pub origin: String,
    /// Where the mailbox answers.
    pub mailbox: String,
    /// Where the stand-in for Stripe answers.
    pub stripe: Option<String>,
    running: Vec<Running>,
    /// What stands in for other companies, and was not there already.
    others: Vec<Running>,
    _sweep: Option<Arc<()>>,
}

impl Stack {
    /// Builds, migrates, starts and waits until the app answers.
    pub fn start(project: &Project, plan: &Plan) -> Result<Self> {
        let script = build(project, plan.runtime, plan.flavour)?;
        let mut running = Vec::new();
        let mut others = Vec::from_iter(start_mailbox(plan)?);
        let mut reach = Vec::new();
        if plan.runtime == Runtime::Spin {
            reach.push(format!("localhost:{}", plan.objects_port));
        }
        if plan.flavour == Flavour::Test {
            reach.push(format!("localhost:{FIXTURE_PORT}"));
            reach.push(format!("localhost:{ELSEWHERE_PORT}"));
        }
        reach.extend(plan.stripe_port.map(|port| format!("localhost:{port}")));
        let mut settings = settings::local(&settings::Local {
            port: plan.port,
            mail_port: plan.mail_port,
            reach,
            ahead_seconds: plan.ahead_seconds,
            data: &plan.data,
        })?;
        if plan.flavour == Flavour::Test {
            settings.extend(settings::for_tests());
        }
        if let Some(port) = plan.stripe_port {
            settings.extend(settings::for_stripe(port));
            others.extend(stripe::start(project, plan, port)?);
        }
        settings.extend(plan.more.clone());
        let (data, port) = (plan.data.as_path(), plan.port);
        match plan.runtime {
            Runtime::Cloudflare => {
                let local = worker::Local { script: &script, data, port, settings: &settings };
                running.insert(0, worker::start(project, &local)?);
            }
            Runtime::Spin => {
                for (name, value) in spin::extra_settings(project, plan.objects_port)? {
                    settings.entry(name).or_insert(value);
                }
                let objects_port = plan.objects_port;
                let flavour = plan.flavour;
                let local = spin::Local { flavour, data, port, objects_port, settings: &settings };
                let started = spin::start(project, &local)?;
                running.splice(0..0, started);
            }
        }
        let origin = format!("http://localhost:{port}");
        let mailbox = format!("http://localhost:{}", plan.mail_port);
        let stripe = plan.stripe_port.map(|port| format!("http://localhost:{port}"));
        let mut stack = Self { origin, mailbox, stripe, running, others, _sweep: None };
        stack.wait_until_ready()?;
        if plan.runtime == Runtime::Cloudflare {
            stack._sweep = Some(worker::sweep_every_minute(port));
        }
        Ok(stack)
    }

    /// Kills the app and what stores its data, as a power cut would. What stands in for other companies
    /// stays: it ends when what is returned is dropped.
    pub fn kill(&mut self) -> Vec<Running> {
        self.running.drain(..).for_each(Running::kill);
        std::mem::take(&mut self.others)
    }

    /// The process group of the app.
    pub fn group(&self) -> u32 {
        self.running.first().map(Running::group).unwrap_or_default()
    }

    /// An error with what it said last, when a part of it has ended.
    pub fn check(&mut self) -> Result<()> {
        self.running.iter_mut().chain(&mut self.others).try_for_each(Running::check)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let mut step = Step::begin("starting the app");
        let began = Instant::now();
        let url = format!("{}/healthz", self.origin);
        let mut last = String::from("no answer yet");
        while began.elapsed() < READY_LIMIT {
            if let Err(problem) = self.check() {
                step.failed();
                return Err(problem);
            }
            match http::Client::new(Duration::from_secs(5)).get(&url) {
                Ok(answer) if answer.status == 200 => {
                    step.done("");
                    return Ok(());
                }
                Ok(answer) => last = format!("{url} answers {}", answer.status),
                Err(_) => {}
            }
            step.beat(|| last.clone());
            std::thread::sleep(Duration::from_millis(250));
        }
        step.failed();
        let tail = self.running.first().map(Running::tail).unwrap_or_default();
        Err(format!("The app is not ready after {} s: {last}.\n{tail}", READY_LIMIT.as_secs()))
    }
}

/// Builds for a runtime; returns the Worker's script.
pub fn build(project: &Project, runtime: Runtime, flavour: Flavour) -> Result<PathBuf> {
    let _lock = alone(&project.build())?;
    match runtime {
        Runtime::Cloudflare => worker::build(project, flavour),
        Runtime::Spin => spin::build(project, flavour).map(|()| PathBuf::new()),
    }
}

/// Waits until no other `cargo xtask` builds in this clone.
fn alone(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let fail = |e: std::io::Error| format!("{}: {e}", path.display());
    fs::create_dir_all(folder).map_err(fail)?;
    let file = File::create(&path).map_err(fail)?;
    if file.try_lock().is_err() {
        say("waiting for another `cargo xtask` that builds");
        file.lock().map_err(fail)?;
    }
    Ok(file)
}

/// Runs `build`.
pub fn build_command(mut args: Args) -> Result<()> {
    let runtime = Runtime::take(&mut args)?;
    args.finish()?;
    let project = Project::find()?;
    for each in [Runtime::Cloudflare, Runtime::Spin] {
        if runtime.is_none_or(|only| only == each) {
            build(&project, each, Flavour::Release)?;
        }
    }
    println!("What is deployed is in {}.", project.build().display());
    Ok(())
}

/// The bytes of a file, plain and compressed with gzip.
pub fn sizes(path: &Path) -> Result<(u64, u64)> {
    let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packed
        .write_all(&bytes)
        .and_then(|()| packed.finish())
        .map_err(|e| format!("{}: {e}", path.display()))?;
    Ok((bytes.len() as u64, packed.len() as u64))
}

/// Takes a state's folder for this process alone; it is free again when the file is dropped.
pub fn lock(data: &Path) -> Result<File> {
    fs::create_dir_all(data).map_err(|e| format!("{}: {e}", data.display()))?;
    let path = data.join("lock");
    let file = File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(format!(
            "Another `cargo xtask dev` uses the state in {}. Stop it, or choose another folder \
             with --data.",
            data.display()
        )),
    }
}

fn start_mailbox(plan: &Plan) -> Result<Option<Running>> {
    if !http::is_free(plan.mail_port) {
        if mailbox::is_there(plan.mail_port) {
            say(&format!("the mailbox that runs on port {} is used", plan.mail_port));
            return Ok(None);
        }
        return Err(format!(
            "Port {} is taken by another program, so the mailbox cannot start. Free it, or choose \
             another with --mail-port.",
            plan.mail_port
        ));
    }
    let program = std::env::current_exe().map_err(|e| format!("xtask cannot find itself: {e}"))?;
    let mut command = Command::new(program);
    command.args(["mailbox", "--port", &plan.mail_port.to_string()]);
    let log = plan.data.join("logs/mailbox.log");
    Running::start("the mailbox", &mut command, &log).map(Some)
}

/// The object store's port: the usual one, or another when that is taken.
pub fn objects_port() -> Result<u16> {
    if http::is_free(objects::PORT) { Ok(objects::PORT) } else { http::free_port() }
}
