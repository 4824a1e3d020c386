//! One suite of tests: a program that is run, and how many of its tests passed and failed.

use crate::{
    Result,
    process::{self, run_through},
    progress::Step,
    project::Project,
};
use std::{process::Command, time::Duration};

/// What is known of the suites that ran.
#[derive(Default)]
pub struct Tally {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
}

/// How the output of a program is read.
#[derive(Clone, Copy)]
pub enum Reading {
    /// The program as a whole is one test.
    Whole,
    /// `test result: ok. 3 passed; 1 failed; …`, once per test program of cargo.
    Cargo,
    /// Its last line is `3 passed, 1 failed`.
    LastLine,
}

/// A suite.
pub struct Suite<'a> {
    /// Its name, for the person who waits.
    pub name: &'a str,
    /// How its output is read.
    pub reading: Reading,
    /// After this time it is ended and counts as failed.
    pub limit: Duration,
}

impl Tally {
    /// Runs a suite and adds what it says; stops at nothing.
    pub fn run(&mut self, project: &Project, suite: &Suite, command: &mut Command) {
        let log = project.log(&format!("test-{}", suite.name.replace([' ', '/'], "-")));
        let mut step = Step::begin(suite.name);
        let (ok, output) = match run_through(&mut step, command, &log, suite.limit) {
            Ok(outcome) => outcome,
            Err(problem) => {
                step.failed();
                println!("{problem}");
                return self.add(suite.name, 0, 1);
            }
        };
        let (passed, failed) = count(suite.reading, ok, &output);
        if failed == 0 {
            step.done("");
        } else {
            step.failed();
            println!("{}", details(suite.reading, &output).unwrap_or_else(|| process::tail(&log)));
        }
        self.add(suite.name, passed, failed);
    }

    /// Notes that something that tests need did not come about.
    pub fn note<T>(&mut self, name: &str, outcome: Result<T>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(problem) => {
                println!("{problem}");
                self.add(name, 0, 1);
                None
            }
        }
    }

    /// Notes a suite that this program was itself: one outcome per test.
    pub fn outcomes(&mut self, name: &str, outcomes: &[Result<()>]) {
        outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).for_each(|e| println!("{e}"));
        let passed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        self.add(name, passed, outcomes.len() - passed);
    }

    fn add(&mut self, name: &str, passed: usize, failed: usize) {
        println!("{name}: {passed} passed, {failed} failed");
        self.passed += passed;
        self.failed += failed;
    }
}

/// A program that ends badly without naming a failed test counts as one.
fn count(reading: Reading, ok: bool, output: &str) -> (usize, usize) {
    let (passed, failed) = match reading {
        Reading::Whole => (usize::from(ok), 0),
        Reading::Cargo => cargo(output),
        Reading::LastLine => last_line(output).unwrap_or((0, 1)),
    };
    let silent = failed == 0 && (!ok || passed == 0);
    (passed, failed + usize::from(silent))
}

fn cargo(output: &str) -> (usize, usize) {
    let results = output.lines().filter_map(|line| line.split_once("test result:"));
    results.fold((0, 0), |(passed, failed), (_, line)| {
        (passed + before(line, " passed"), failed + before(line, " failed"))
    })
}

fn last_line(output: &str) -> Option<(usize, usize)> {
    let line = output.lines().rev().find(|line| !line.trim().is_empty())?;
    (line.contains(" passed, ") && line.ends_with(" failed"))
        .then(|| (before(line, " passed"), before(line, " failed")))
}

/// The number in front of a word.
fn before(line: &str, word: &str) -> usize {
    let text = line.split(word).next().unwrap_or_default();
    text.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// What cargo's test programs say about their failures, without the rest.
fn details(reading: Reading, output: &str) -> Option<String> {
    let from = output.find("\nfailures:\n").filter(|_| matches!(reading, Reading::Cargo))?;
    let text: String = output.get(from..)?.chars().take(12_000).collect();
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{Reading, count};

    #[test]
    fn cargo_counts_every_program() {
        let output = "test result: ok. 12 passed; 0 failed; 1 ignored\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored";
        assert_eq!(count(Reading::Cargo, false, output), (15, 2));
        assert_eq!(count(Reading::Cargo, false, "error: could not compile"), (0, 1));
        assert_eq!(count(Reading::Cargo, true, "test result: ok. 0 passed; 0 failed"), (0, 1));
    }

    #[test]
    fn the_last_line_counts_and_its_absence_is_a_failure() {
        assert_eq!(count(Reading::LastLine, true, "x\n7 passed, 0 failed\n\n"), (7, 0));
        assert_eq!(count(Reading::LastLine, false, "7 passed, 0 failed"), (7, 1));
        assert_eq!(count(Reading::LastLine, true, "Error: no browser"), (0, 1));
    }
}
