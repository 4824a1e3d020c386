//! Other people's clients against a running Pipit: those of npm under Node, those of PyPI under Python.

use crate::{
    Result, process,
    project::{self, Project},
    stack::{Runtime, Stack},
    suites::{Reading, Suite, Tally},
    test::{names, surroundings},
};
use std::{path::PathBuf, process::Command, time::Duration};

const FOLDER: &str = "tests/clients";
const LIMIT: Duration = Duration::from_secs(120);

/// Runs every client there is.
pub fn run(project: &Project, stack: &Stack, runtime: Runtime, tally: &mut Tally) {
    for script in names(&project.path(FOLDER), ".mjs") {
        let mut command = project.node();
        command.arg(format!("{FOLDER}/{script}.mjs"));
        one(project, stack, runtime, tally, &script, command);
    }
    let Some(python) = tally.note("Python", python(project)) else { return };
    for script in names(&project.path(FOLDER), ".py") {
        let mut command = Command::new(&python);
        command.current_dir(&project.root).arg(format!("{FOLDER}/{script}.py"));
        one(project, stack, runtime, tally, &script, command);
    }
}

fn one(
    project: &Project,
    stack: &Stack,
    runtime: Runtime,
    tally: &mut Tally,
    script: &str,
    mut command: Command,
) {
    surroundings(&mut command, stack, runtime);
    let name = format!("{} client {script}", runtime.name());
    let suite = Suite { name: &name, reading: Reading::LastLine, limit: LIMIT };
    tally.run(project, &suite, &mut command);
}

/// A Python with what `requirements.txt` names, in a folder of its own outside the project.
pub fn python(project: &Project) -> Result<PathBuf> {
    if !process::on_path("python3") {
        return Err(
            "python3 is missing, which tests of clients need. Install it, for example with \
                    `apt-get install python3-venv`."
                .to_owned(),
        );
    }
    let folder = project::cache().join("clients");
    let python = folder.join("bin/python");
    let log = project.log("python");
    if !python.is_file() {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        process::run("a Python for the tests of clients", &mut venv, &log)?;
    }
    let mut install = Command::new(&python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    install.arg(project.path(FOLDER).join("requirements.txt"));
    process::run("pip install", &mut install, &log)?;
    Ok(python)
}
