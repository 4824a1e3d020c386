//! Set-up: everything that the commands need and a machine with rustup, Node and npm lacks.

use crate::{
    Result,
    args::Args,
    process,
    progress::say,
    project::{self, Project},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What `setup --help` prints.
pub const HELP: &str = "
cargo xtask setup

Gets what the other commands need, each only when it is missing:
  - the Rust targets wasm32-unknown-unknown and wasm32-wasip2, and the sources of the standard
    library, which a release compiles anew for size, through rustup
  - the packages of package-lock.json (wrangler, workerd, Node 22, wasm-opt, esbuild), through npm
  - worker-build, and wasm-bindgen at the version of Cargo.lock, through cargo

The last two live in ~/.cache/pipit/tools (XDG_CACHE_HOME is respected), so that another clone
finds them again. `dev`, `test`, `bench` and `deploy` do all this by themselves.";

const WORKER_BUILD: &str = "0.8.7";
const NODE_AT_LEAST: u32 = 22;
const STAMP: &str = "node_modules/.pipit-stamp";

/// Runs `setup`.
pub fn command(args: Args) -> Result<()> {
    args.finish()?;
    let project = Project::find()?;
    Tools::for_spin(&project)?;
    Tools::for_workers(&project)?;
    println!("Everything is there.");
    Ok(())
}

/// The programs that make a Worker.
pub struct Tools {
    /// worker-build, which calls cargo and the others.
    pub worker_build: PathBuf,
    /// wasm-bindgen at the version of `Cargo.lock`.
    pub wasm_bindgen: PathBuf,
}

impl Tools {
    /// Gets what the Worker's build and its local runtime need.
    pub fn for_workers(project: &Project) -> Result<Self> {
        target(project, "wasm32-unknown-unknown")?;
        standard_library(project)?;
        packages(project)?;
        let bindgen = locked(project, "wasm-bindgen")?;
        let worker_build = tool(project, "worker-build", WORKER_BUILD, "worker-build", true)?;
        let wasm_bindgen = tool(project, "wasm-bindgen-cli", &bindgen, "wasm-bindgen", false)?;
        Ok(Self { worker_build, wasm_bindgen })
    }

    /// Gets what the components' build needs.
    pub fn for_spin(project: &Project) -> Result<()> {
        target(project, "wasm32-wasip2")?;
        standard_library(project)
    }
}

/// Gets the packages of `package-lock.json`: Node, the local runtime, the optimisers.
pub fn packages(project: &Project) -> Result<()> {
    let manifest = project::read(&project.path("package.json")).unwrap_or_default();
    let lock = project::read(&project.path("package-lock.json")).unwrap_or_default();
    let stamp = project::short_hash(format!("{manifest}{lock}").as_bytes());
    let stamp_file = project.path(STAMP);
    if project::read(&stamp_file).as_deref() == Some(stamp.as_str()) {
        return Ok(());
    }
    if process::answer(Command::new("npm").arg("--version")).is_none() {
        return Err(
            "npm is missing, which brings the local edge runtime. Install Node.js 20 or newer \
                    with npm: https://nodejs.org, or `apt-get install nodejs npm` on Debian."
                .to_owned(),
        );
    }
    // `npm install` and not `npm ci`: the latter refuses a lock file that lacks an optional package
    // of another platform. It takes the versions and checksums of the lock file all the same.
    let mut install = Command::new("npm");
    install.current_dir(&project.root);
    install.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
    process::run("getting the packages of package-lock.json", &mut install, &project.log("npm"))?;
    if node_version(project).is_none() {
        run_install_scripts(project)?;
    }
    match node_version(project) {
        Some(version) if version >= NODE_AT_LEAST => project::write(&stamp_file, &stamp),
        _ => Err(format!(
            "The Node {NODE_AT_LEAST} of package.json did not get installed: npm may be told not to \
             run install scripts (`npm config get ignore-scripts`).\n{}",
            process::tail(&project.log("npm"))
        )),
    }
}

fn run_install_scripts(project: &Project) -> Result<()> {
    let mut rebuild = Command::new("npm");
    rebuild.current_dir(&project.root).args(["rebuild", "node", "esbuild", "workerd"]);
    process::run("running the packages' install scripts", &mut rebuild, &project.log("npm"))?;
    Ok(())
}

fn node_version(project: &Project) -> Option<u32> {
    let text = process::answer(project.node().arg("--version"))?;
    text.trim_start_matches('v').split('.').next()?.parse().ok()
}

fn target(project: &Project, name: &str) -> Result<()> {
    let there = Path::new("lib/rustlib").join(name).join("lib");
    rustup(project, &there, &["target", "add", name], &format!("the Rust target {name}"))
}

fn standard_library(project: &Project) -> Result<()> {
    let there = Path::new("lib/rustlib/src/rust/library/Cargo.lock");
    let what = "the sources of Rust's standard library (rust-src)";
    rustup(project, there, &["component", "add", "rust-src"], what)
}

/// Has rustup add `what`, unless `there` lies in the toolchain already.
fn rustup(project: &Project, there: &Path, arguments: &[&str], what: &str) -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&project.root).args(["--print", "sysroot"]);
    let sysroot = process::answer(&mut rustc).unwrap_or_default();
    if Path::new(&sysroot).join(there).exists() {
        return Ok(());
    }
    if !process::on_path("rustup") {
        return Err(format!(
            "There is no {what}, and rustup, which would add it, is not on the PATH. \
             Install rustup: https://rustup.rs"
        ));
    }
    let mut rustup = Command::new("rustup");
    rustup.current_dir(&project.root).args(arguments);
    process::run(&format!("adding {what}"), &mut rustup, &project.log("rustup"))?;
    Ok(())
}

/// A program from crates.io in a folder of its version, so that a new version is a new folder.
fn tool(
    project: &Project,
    package: &str,
    version: &str,
    program: &str,
    locked: bool,
) -> Result<PathBuf> {
    let folder = project::cache().join("tools").join(format!("{package}-{version}"));
    let path = folder.join("bin").join(program);
    if path.is_file() {
        return Ok(path);
    }
    if package == "worker-build" {
        openssl(project)?;
    }
    say(&format!("{package} {version} is built once, which takes a few minutes"));
    let mut install = project.cargo();
    install.args(["install", package, "--version", version, "--debug", "--root"]).arg(&folder);
    if locked {
        install.arg("--locked");
    }
    install.env("CARGO_TARGET_DIR", project::cache().join("tools-target"));
    install.env("CARGO_PROFILE_DEV_DEBUG", "0");
    process::run(&format!("installing {package}"), &mut install, &project.log(package))?;
    Ok(path)
}

/// Makes sure that worker-build can be compiled where it speaks TLS through OpenSSL.
fn openssl(project: &Project) -> Result<()> {
    let is_there =
        || process::answer(Command::new("pkg-config").args(["--exists", "openssl"])).is_some();
    if !cfg!(target_os = "linux") || is_there() {
        return Ok(());
    }
    let missing = "pkg-config and OpenSSL's headers are missing, which compiling worker-build needs. \
                   Install them: `apt-get install pkg-config libssl-dev` on Debian and its relatives, \
                   `dnf install pkgconf openssl-devel` on Fedora.";
    system_packages(project, &["pkg-config", "libssl-dev"], missing)
}

/// Installs packages of the system where that is possible without asking; else says what is missing.
pub fn system_packages(project: &Project, names: &[&str], missing: &str) -> Result<()> {
    let is_root = process::answer(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !is_root || !process::on_path("apt-get") {
        return Err(missing.to_owned());
    }
    let log = project.log("apt");
    process::run("apt-get update", Command::new("apt-get").arg("update"), &log)?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--no-install-recommends"]).args(names);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    process::run(&format!("apt-get install {}", names.join(" ")), &mut install, &log)?;
    Ok(())
}

/// The version of a package in `Cargo.lock`.
fn locked(project: &Project, package: &str) -> Result<String> {
    let lock = project::read(&project.path("Cargo.lock")).unwrap_or_default();
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \""));
    version
        .map(|version| version.trim_end_matches('"').to_owned())
        .ok_or_else(|| format!("Cargo.lock names no {package}. Run `cargo check` and look at it."))
}
