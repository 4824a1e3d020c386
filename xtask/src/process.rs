//! Other programs: each in its own process group, and none left behind however this one ends.

use crate::{Result, progress::Step};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitCode, ExitStatus, Stdio},
    sync::Mutex,
    thread::sleep,
    time::{Duration, Instant},
};

/// The hidden command that [`guard`] runs under.
pub const GUARD: &str = "--guard";

const POLL: Duration = Duration::from_millis(40);
/// How long a program may take to end by itself before it is ended.
const PATIENCE: Duration = Duration::from_secs(5);

struct Groups {
    running: BTreeSet<u32>,
    guard: Option<(Child, ChildStdin)>,
}

static GROUPS: Mutex<Groups> = Mutex::new(Groups { running: BTreeSet::new(), guard: None });

fn groups() -> std::sync::MutexGuard<'static, Groups> {
    GROUPS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A program that runs beside this one; dropping it ends it and all that it started.
pub struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a program whose output goes to the file `log`.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        let out = File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
        let err = out.try_clone().map_err(|e| format!("{}: {e}", log.display()))?;
        command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        let child = command.spawn().map_err(|e| cannot_start(command, &e))?;
        watch(child.id());
        Ok(Self { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// The process group of it and all that it started.
    pub fn group(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(|e| format!("{}: {e}", self.name))
    }

    /// An error with the end of its output, when it does not run any more.
    pub fn check(&mut self) -> Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => Err(format!("{} has ended ({status}).\n{}", self.name, self.tail())),
        }
    }

    /// Ends it and all that it started at once, without a chance to tidy up: as a power cut would.
    pub fn kill(self) {
        signal(self.child.id(), libc::SIGKILL);
    }

    /// The end of its output, and where all of it is.
    pub fn tail(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&[self.child.id()]);
        let _ = self.child.wait();
        unwatch(self.child.id());
    }
}

/// Runs a program to its end, with a line of progress every ten seconds; its output goes to `log`
/// and comes back whether it succeeded or not.
pub fn run_through(
    step: &mut Step,
    command: &mut Command,
    log: &Path,
    limit: Duration,
) -> Result<(bool, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut running = Running::start(&name, command, log)?;
    let began = Instant::now();
    let status = loop {
        if let Some(status) = running.ended()? {
            break status;
        }
        if began.elapsed() > limit {
            return Err(format!(
                "{name} took longer than {} minutes and was ended.\n{}",
                limit.as_secs() / 60,
                tail(log)
            ));
        }
        step.beat(|| last_line(log));
        sleep(POLL);
    };
    Ok((status.success(), read(log)))
}

/// Like [`run_through`] with its own step, and an error with the end of the output when it fails.
pub fn run(what: &str, command: &mut Command, log: &Path) -> Result<String> {
    let mut step = Step::begin(what);
    match run_through(&mut step, command, log, Duration::from_secs(30 * 60)) {
        Ok((true, output)) => {
            step.done("");
            Ok(output)
        }
        Ok((false, _)) => {
            step.failed();
            Err(format!("This failed: {what}.\n{}", tail(log)))
        }
        Err(problem) => {
            step.failed();
            Err(problem)
        }
    }
}

/// Runs a program at the terminal, so that it may ask; an error when it fails.
pub fn at_terminal(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|e| cannot_start(command, &e))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{} failed ({status}).", command.get_program().to_string_lossy()))
}

/// What a short program prints, or None when it is not there or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// True when a program of that name is on the PATH.
pub fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} cannot be started: {error}.", command.get_program().to_string_lossy())
}

fn read(log: &Path) -> String {
    fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn last_line(log: &Path) -> String {
    let text = read(log);
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().chars().take(90).collect()
}

/// The last lines of a log file, and where the rest is.
pub fn tail(log: &Path) -> String {
    let text = read(log);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(40);
    format!("{}\n(all of it: {})", lines[from..].join("\n"), log.display())
}

/// From now on Ctrl-C, SIGTERM and a closed terminal end every program that was started, then this one.
pub fn end_children_on_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else {
        return;
    };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            end_children();
            std::process::exit(128 + signal);
        }
    });
}

/// Ends every program that was started and is still there.
pub fn end_children() {
    let (running, guard) = {
        let mut groups = groups();
        (groups.running.iter().copied().collect::<Vec<_>>(), groups.guard.take())
    };
    end(&running);
    if let Some((mut child, pipe)) = guard {
        drop(pipe);
        let _ = child.wait();
    }
}

fn watch(group: u32) {
    let mut groups = groups();
    groups.running.insert(group);
    if groups.guard.is_none() {
        groups.guard = start_guard();
    }
    tell(&mut groups, format!("+{group}\n"));
}

fn unwatch(group: u32) {
    let mut groups = groups();
    groups.running.remove(&group);
    tell(&mut groups, format!("-{group}\n"));
}

fn tell(groups: &mut Groups, line: String) {
    if let Some((_, pipe)) = &mut groups.guard {
        let _ = pipe.write_all(line.as_bytes());
    }
}

fn start_guard() -> Option<(Child, ChildStdin)> {
    let program = std::env::current_exe().ok()?;
    let mut command = Command::new(program);
    command.arg(GUARD).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.process_group(0).spawn().ok()?;
    let pipe = child.stdin.take()?;
    Some((child, pipe))
}

/// Waits for the process that started it to go, in whatever way, and ends what that one left.
pub fn guard() -> ExitCode {
    let mut left = BTreeSet::new();
    for line in std::io::stdin().lock().lines().map_while(std::result::Result::ok) {
        let Ok(group) = line.trim_start_matches(['+', '-']).parse::<u32>() else { continue };
        if line.starts_with('+') {
            left.insert(group);
        } else {
            left.remove(&group);
        }
    }
    end(&left.into_iter().collect::<Vec<_>>());
    ExitCode::SUCCESS
}

/// Asks groups to end, waits, and ends those that did not.
fn end(groups: &[u32]) {
    let mut left: Vec<u32> = groups.to_vec();
    left.retain(|group| signal(*group, libc::SIGTERM));
    let began = Instant::now();
    while !left.is_empty() && began.elapsed() < PATIENCE {
        left.retain(|group| alive(*group));
        sleep(Duration::from_millis(10));
    }
    left.retain(|group| signal(*group, libc::SIGKILL));
    let began = Instant::now();
    while !left.is_empty() && began.elapsed() < Duration::from_secs(1) {
        left.retain(|group| alive(*group));
        sleep(Duration::from_millis(10));
    }
}

#[allow(unsafe_code)]
fn alive(group: u32) -> bool {
    // SAFETY: takes no memory of ours. Without it an ended child stays in its group as a zombie.
    unsafe { libc::waitpid(group as libc::pid_t, std::ptr::null_mut(), libc::WNOHANG) };
    signal(group, 0)
}

#[allow(unsafe_code)]
fn signal(group: u32, signal: libc::c_int) -> bool {
    // SAFETY: takes no memory of ours.
    unsafe { libc::kill(-(group as libc::pid_t), signal) == 0 }
}
