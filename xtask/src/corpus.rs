//! The feeds that others wrote for testing readers: fetched from their package, never kept here.

use crate::{
    Result,
    args::Args,
    clients, process,
    project::{self, Project},
    suites::{Reading, Suite, Tally},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What `corpus --help` prints.
pub const HELP: &str = "
cargo xtask corpus

Gets the test documents of feedparser, a reader of feeds in Python, reads all of them with our own, and
compares titles, links, dates, ids and contents with what the documents say is in them: 95 of 100 of each
are to agree, and the rest is listed with the reasons. `test` does it too.";

const PACKAGE: &str = "feedparser==6.0.14";
const FOLDER: &str = "feedparser-6.0.14";

/// Runs `corpus`.
pub fn command(args: Args) -> Result<()> {
    args.finish()?;
    let mut tally = Tally::default();
    run(&Project::find()?, &mut tally);
    if tally.failed == 0 { Ok(()) } else { Err(String::new()) }
}

/// Reads every document with our own reader, and compares.
pub fn run(project: &Project, tally: &mut Tally) {
    let made = documents(project).and_then(|documents| Ok((documents, reader(project)?)));
    let Some((documents, reader)) = tally.note("documents of feedparser", made) else { return };
    let mut command = Command::new("python3");
    command.current_dir(&project.root).arg("tests/corpus/documents.py");
    command.arg(documents).arg(reader);
    let limit = Duration::from_secs(120);
    let suite = Suite { name: "documents of feedparser", reading: Reading::LastLine, limit };
    tally.run(project, &suite, &mut command);
}

/// The unpacked source of the package, in a folder outside the project.
fn documents(project: &Project) -> Result<PathBuf> {
    let folder = project::cache().join("corpus");
    let unpacked = folder.join(FOLDER);
    if unpacked.join("tests").is_dir() {
        return Ok(unpacked);
    }
    let log = project.log("corpus");
    let mut download = Command::new(clients::python(project)?);
    download.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    download.args(["--no-binary", ":all:", "--dest"]).arg(&folder).arg(PACKAGE);
    process::run("the documents of feedparser", &mut download, &log)?;
    let mut unpack = Command::new("tar");
    unpack.arg("xzf").arg(folder.join(format!("{FOLDER}.tar.gz"))).arg("-C").arg(&folder);
    process::run("unpacking them", &mut unpack, &log)?;
    Ok(unpacked)
}

fn reader(project: &Project) -> Result<PathBuf> {
    let mut build = project.cargo();
    build.args(["build", "--quiet", "-p", "feeds", "--example", "read"]);
    process::run("the reader of documents", &mut build, &project.log("reader"))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| project.path("target"));
    Ok(Path::new(&target).join("debug/examples/read"))
}
