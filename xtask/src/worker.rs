//! The Worker: built by worker-build, run by wrangler on workerd.

use crate::{
    Result, http, optimise,
    process::{self, Running},
    progress::say,
    project::{self, Project},
    settings::{self, Settings},
    stack::{Flavour, sizes},
    tools::Tools,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

/// The most bytes of script and module together.
const RAW_MAX: u64 = 3_300_000;
/// The most of them compressed, which is how they travel to each place that runs them.
const COMPRESSED_MAX: u64 = 1_250_000;
/// The addresses of assets hold the build, so what is behind one never changes.
const ASSET_HEADERS: &str = "/static/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
";
const SWEEP: Duration = Duration::from_secs(60);

/// Builds the Worker, unless nothing changed; returns its script.
pub fn build(project: &Project, flavour: Flavour) -> Result<PathBuf> {
    let tools = Tools::for_workers(project)?;
    gather_assets(project)?;
    let folder = project.build().join(format!("worker{}", flavour.suffix()));
    let script = folder.join("index.js");
    let sources = project.sources()?;
    let stamp = format!("{sources} {}", tools.wasm_bindgen.display());
    let stamp_file = folder.join(".stamp");
    if script.is_file() && project::read(&stamp_file).as_deref() == Some(stamp.as_str()) {
        return Ok(script);
    }
    let out = format!("../../build/worker{}", flavour.suffix());
    let mut command = worker_build(project, &tools, "crates/host-cloudflare", &out)?;
    command.env("PIPIT_BUILD", &sources);
    flavour.standard_library(&mut command);
    let features = flavour.features();
    if !features.is_empty() {
        command.args(["--features", features]);
    }
    process::run("building the Worker", &mut command, &project.log("worker"))?;
    if flavour != Flavour::Dev {
        // Not worker-build's own call of wasm-opt: that one cannot be told to weigh size above speed,
        // and is not worth its time in a development build.
        optimise::all(project, &[folder.join("index_bg.wasm")])?;
    }
    check_size(&folder, flavour)?;
    project::write(&stamp_file, &stamp)?;
    Ok(script)
}

/// Builds the Worker that does nothing, for the benchmark.
pub fn build_bare(project: &Project) -> Result<()> {
    let tools = Tools::for_workers(project)?;
    let out = "../../../build/worker-bare";
    let mut command = worker_build(project, &tools, "xtask/bench/bare", out)?;
    Flavour::Release.standard_library(&mut command);
    process::run("building the bare Worker", &mut command, &project.log("worker-bare"))?;
    optimise::all(project, &[project.build().join("worker-bare/index_bg.wasm")])
}

fn worker_build(project: &Project, tools: &Tools, folder: &str, out: &str) -> Result<Command> {
    let bin = project.path("node_modules/.bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(bin.clone()).chain(env::split_paths(&path)))
        .map_err(|e| format!("PATH: {e}"))?;
    let mut command = Command::new(&tools.worker_build);
    command
        .current_dir(project.path(folder))
        .env("PATH", path)
        .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
        .env("ESBUILD_BIN", bin.join("esbuild"))
        .args(["--release", "--no-opt", "--out-dir", out]);
    Ok(command)
}

/// The folder that the platform serves: `static/` under its path, with the headers of its files.
fn gather_assets(project: &Project) -> Result<()> {
    let folder = project.build().join("assets");
    let files = folder.join("static");
    fs::create_dir_all(&files).map_err(|e| format!("{}: {e}", files.display()))?;
    let source = project.path("static");
    let entries = fs::read_dir(&source).map_err(|e| format!("{}: {e}", source.display()))?;
    for path in entries.filter_map(std::result::Result::ok).map(|entry| entry.path()) {
        let copy = files.join(path.file_name().unwrap_or_default());
        if fs::read(&path).ok() != fs::read(&copy).ok() {
            fs::copy(&path, &copy).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    project::write(&folder.join("_headers"), ASSET_HEADERS)
}

fn check_size(folder: &Path, flavour: Flavour) -> Result<()> {
    let (mut raw, mut compressed) = (0, 0);
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.extension().is_some_and(|kind| kind == "wasm" || kind == "js") {
            let (plain, packed) = sizes(&path)?;
            raw += plain;
            compressed += packed;
        }
    }
    let line = format!("the Worker: {} KB, compressed {} KB", raw / 1000, compressed / 1000);
    say(&line);
    if (raw <= RAW_MAX && compressed <= COMPRESSED_MAX) || flavour == Flavour::Dev {
        return Ok(());
    }
    let (raw, compressed) = (RAW_MAX / 1000, COMPRESSED_MAX / 1000);
    Err(format!("Too large ({line}): at most {raw} KB, compressed {compressed} KB."))
}

/// What a local run needs to know.
pub struct Local<'a> {
    /// The Worker's script.
    pub script: &'a Path,
    /// Where its state and logs are.
    pub data: &'a Path,
    /// Where it listens.
    pub port: u16,
    /// Its configuration.
    pub settings: &'a Settings,
}

/// Applies the migrations, if there are new ones, and starts the Worker on workerd.
pub fn start(project: &Project, local: &Local) -> Result<Running> {
    let state = local.data.join("state");
    migrate(project, local.data, &state)?;
    let env_file = local.data.join("app.env");
    settings::write_env_file(&env_file, local.settings)?;
    let mut command = project.wrangler();
    command
        .env("WRANGLER_LOG_PATH", local.data.join("logs/wrangler"))
        .arg("dev")
        .arg(local.script)
        .args(["--local", "--ip", "127.0.0.1", "--port", &local.port.to_string()])
        .args(["--inspector-port", "0"])
        .args(["--show-interactive-dev-session", "false", "--log-level", "log"])
        .arg("--persist-to")
        .arg(&state)
        .arg("--env-file")
        .arg(&env_file);
    Running::start("workerd (wrangler dev)", &mut command, &local.data.join("logs/app.log"))
}

/// Applies the migrations that a local state has not seen.
pub fn migrate(project: &Project, data: &Path, state: &Path) -> Result<()> {
    let wanted = project.migrations()?;
    let stamp = data.join("migrations");
    if project::read(&stamp).as_deref() == Some(wanted.as_str()) {
        return Ok(());
    }
    let mut command = project.wrangler();
    command
        .env("WRANGLER_LOG_PATH", data.join("logs/wrangler"))
        .args(["d1", "migrations", "apply", "DB", "--local", "--persist-to"])
        .arg(state);
    process::run("applying the migrations", &mut command, &data.join("logs/migrations.log"))?;
    project::write(&stamp, &wanted)
}

/// Does what Cron does for a deployed Worker: runs the jobs every minute, until what it returns is
/// dropped.
pub fn sweep_every_minute(port: u16) -> Arc<()> {
    let alive = Arc::new(());
    let is_wanted = Arc::downgrade(&alive);
    std::thread::spawn(move || {
        let url = format!("http://localhost:{port}/cdn-cgi/handler/scheduled");
        loop {
            std::thread::sleep(SWEEP);
            if is_wanted.upgrade().is_none() {
                return;
            }
            let _ = http::Client::new(SWEEP).get(&url);
        }
    });
    alive
}
