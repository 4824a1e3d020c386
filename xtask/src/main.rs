//! Every command of the project: set-up, the local runtimes, tests, benchmarks, deployment.

mod admin;
mod args;
mod base64;
mod bench;
mod cards;
mod clients;
mod clock;
mod corpus;
mod crash;
mod demo;
mod deploy;
mod dev;
mod http;
mod mailbox;
mod multipart;
mod objects;
mod optimise;
mod process;
mod progress;
mod project;
mod reconcile;
mod secrets;
mod settings;
mod signature;
mod spin;
mod stack;
mod stripe;
mod suites;
mod test;
mod tools;
mod worker;

use args::Args;
use std::process::ExitCode;

/// What went wrong, in words for the person at the terminal.
pub type Result<T> = std::result::Result<T, String>;

struct Command {
    name: &'static str,
    line: &'static str,
    help: &'static str,
    run: fn(Args) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "dev",
        line: "set up, build and run Pipit on a local edge runtime",
        help: dev::HELP,
        run: dev::command,
    },
    Command {
        name: "test",
        line: "set up and run every test",
        help: test::HELP,
        run: test::command,
    },
    Command {
        name: "build",
        line: "build what is deployed and print its sizes",
        help: stack::BUILD_HELP,
        run: stack::build_command,
    },
    Command {
        name: "setup",
        line: "get the tools that the other commands need",
        help: tools::HELP,
        run: tools::command,
    },
    Command {
        name: "bench",
        line: "run the benchmarks, side by side with their peers",
        help: bench::HELP,
        run: bench::command,
    },
    Command {
        name: "deploy",
        line: "check, migrate and deploy through wrangler or spin",
        help: deploy::HELP,
        run: deploy::command,
    },
    Command {
        name: "corpus",
        line: "read the feeds that others wrote for testing readers",
        help: corpus::HELP,
        run: corpus::command,
    },
    Command { name: "admin", line: "an operator's jobs", help: admin::HELP, run: admin::command },
    Command {
        name: "demo",
        line: "fill a running Pipit with two people and their posts",
        help: demo::HELP,
        run: demo::command,
    },
    Command {
        name: "mailbox",
        line: "the development mailbox: stands in for the mail provider",
        help: mailbox::HELP,
        run: mailbox::command,
    },
    Command {
        name: "objects",
        line: "the development object store: stands in for an S3-compatible one",
        help: objects::HELP,
        run: objects::command,
    },
];

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().map(String::as_str) == Some(process::GUARD) {
        return process::guard();
    }
    process::end_children_on_signals();
    let name = if words.is_empty() { "--help".to_owned() } else { words.remove(0) };
    let outcome = run(&name, words);
    process::end_children();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            if !problem.is_empty() {
                eprintln!("\n{problem}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str, words: Vec<String>) -> Result<()> {
    if ["--help", "-h", "help"].contains(&name) {
        print!("{}", overview());
        return Ok(());
    }
    let command = COMMANDS
        .iter()
        .find(|command| command.name == name)
        .ok_or_else(|| format!("There is no command `{name}`.\n\n{}", overview()))?;
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{}", command.help.trim());
        return Ok(());
    }
    (command.run)(Args::new(name, words))
}

fn overview() -> String {
    let mut text = String::from("cargo xtask <command> [options]\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<9} {}\n", command.name, command.line));
    }
    text.push_str("\n`cargo xtask <command> --help` says what a command's options are.\n");
    text
}
