//! The Spin components: built by cargo, run by spin where it is installed, else by the test host.

use crate::{
    Result, objects, optimise,
    process::{self, Running},
    progress::say,
    project::{self, Project},
    settings::{self, Settings},
    stack::{Flavour, sizes},
    tools::{self, Tools},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32-wasip2";
/// The most bytes of one component.
const COMPONENT_MAX: u64 = 1_500_000;
/// How a component is compiled that is not for development: for size, without names, and without what
/// only a debugger would print. It takes the place of what `.cargo/config.toml` says.
const SMALL: &str = "-Cstrip=symbols -Copt-level=z -Zfmt-debug=none -Zlocation-detail=none";
/// The first release with the final WASI 0.3.
const SPIN_AT_LEAST: (u32, u32) = (4, 1);

/// Where a build puts the components, and their manifest as `spin.toml`.
pub fn folder(project: &Project, flavour: Flavour) -> PathBuf {
    project.build().join(format!("spin{}", flavour.suffix()))
}

/// Builds every component, unless nothing changed.
pub fn build(project: &Project, flavour: Flavour) -> Result<()> {
    Tools::for_spin(project)?;
    let sources = project.sources()?;
    let folder = folder(project, flavour);
    let manifest = project::read(&project.path("spin.toml")).unwrap_or_default();
    let manifest = project::short_hash(manifest.as_bytes());
    let stamp = format!("{sources} {} {manifest}", flavour.features());
    let stamp_file = folder.join(".stamp");
    if project::read(&stamp_file).as_deref() == Some(stamp.as_str()) {
        return Ok(());
    }
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let target = project.target()?;
    let mut components = Vec::new();
    let mut packages = project.functions()?;
    if flavour == Flavour::Test {
        packages.push("contract".to_owned());
    }
    for function in packages {
        let mut command = project.cargo();
        command.args(["rustc", "--release", "--target", TARGET, "--crate-type", "cdylib"]);
        command.args(["-p", &function]).env("PIPIT_BUILD", &sources);
        flavour.standard_library(&mut command);
        if flavour != Flavour::Dev {
            command.env("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", SMALL);
        }
        if flavour != Flavour::Release {
            command.args(["--features", "dev"]);
        }
        let what = format!("building the component {function}");
        process::run(&what, &mut command, &project.log(&format!("component-{function}")))?;
        let built = target.join(TARGET).join("release").join(format!("{function}.wasm"));
        let kept = folder.join(format!("{function}.wasm"));
        fs::copy(&built, &kept).map_err(|e| format!("{}: {e}", built.display()))?;
        components.push(kept);
    }
    if flavour != Flavour::Dev {
        tools::packages(project)?;
        optimise::all(project, &components)?;
    }
    for component in &components {
        check_size(component, flavour)?;
    }
    write_manifest(project, &folder, flavour)?;
    project::write(&stamp_file, &stamp)
}

/// Writes the manifest beside the components. The one at the root names cargo's usual output
/// directory, which is not the real one everywhere. Tests have one component more.
fn write_manifest(project: &Project, folder: &Path, flavour: Flavour) -> Result<()> {
    let mut manifest = project::read(&project.path("spin.toml")).ok_or("spin.toml is missing.")?;
    if flavour == Flavour::Test {
        let more = project::read(&project.path("tests/contract/spin.toml"));
        manifest.push_str(&more.ok_or("tests/contract/spin.toml is missing.")?);
    }
    let usual = format!("source = \"target/{TARGET}/release/");
    project::write(&folder.join("spin.toml"), &manifest.replace(&usual, "source = \""))
}

fn check_size(path: &Path, flavour: Flavour) -> Result<()> {
    let function = path.file_stem().unwrap_or_default().to_string_lossy();
    let (raw, compressed) = sizes(path)?;
    let line = format!("{function}: {} KB, compressed {} KB", raw / 1000, compressed / 1000);
    say(&line);
    if raw <= COMPONENT_MAX || flavour == Flavour::Dev {
        return Ok(());
    }
    Err(format!("Too large ({line}): at most {} KB.", COMPONENT_MAX / 1000))
}

/// What a local run needs to know.
pub struct Local<'a> {
    /// Which build.
    pub flavour: Flavour,
    /// Where its state and logs are.
    pub data: &'a Path,
    /// Where it listens.
    pub port: u16,
    /// Where the object store listens.
    pub objects_port: u16,
    /// Its configuration.
    pub settings: &'a Settings,
}

/// Starts the object store and the components; returns both.
pub fn start(project: &Project, local: &Local) -> Result<Vec<Running>> {
    let store = start_objects(local)?;
    let mut command = if usable_spin()? {
        say("the components run on spin");
        on_spin(project, local)?
    } else {
        say("spin is not on the PATH: the components run on the project's test host");
        on_test_host(project, local)?
    };
    let log = local.data.join("logs/app.log");
    Ok(vec![Running::start("the components' host", &mut command, &log)?, store])
}

/// What the components are told beside the settings that all runtimes share.
pub fn extra_settings(project: &Project, objects_port: u16) -> Result<Settings> {
    let pairs = [
        // The manifest lets `feeds` reach only the usual ports; here it reaches stand-ins on any,
        // as far as OUTBOUND_ALLOW says so.
        ("DEV_OUTBOUND", "http://*:*".to_owned()),
        ("BUILD", project.sources()?),
        ("S3_ENDPOINT", format!("http://localhost:{objects_port}")),
        ("S3_BUCKET", "pipit".to_owned()),
        ("S3_REGION", "us-east-1".to_owned()),
        ("S3_ACCESS_KEY", objects::ACCESS_KEY.to_owned()),
        ("S3_SECRET_KEY", objects::SECRET_KEY.to_owned()),
    ];
    Ok(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn start_objects(local: &Local) -> Result<Running> {
    let program = std::env::current_exe().map_err(|e| format!("xtask cannot find itself: {e}"))?;
    let mut command = Command::new(program);
    command.args(["objects", "--port", &local.objects_port.to_string(), "--data"]);
    command.arg(local.data.join("objects"));
    Running::start("the object store", &mut command, &local.data.join("logs/objects.log"))
}

/// True when spin is on the PATH and new enough; says so when it is too old.
pub fn usable_spin() -> Result<bool> {
    let Some(text) = process::answer(Command::new("spin").arg("--version")) else {
        return Ok(false);
    };
    let number = text.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = number.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < SPIN_AT_LEAST {
        say(&format!("{text} is too old for the components: it must be 4.1 or newer"));
    }
    Ok(version >= SPIN_AT_LEAST)
}

fn on_spin(project: &Project, local: &Local) -> Result<Command> {
    let mut command = Command::new("spin");
    command
        .current_dir(&project.root)
        .args(["up", "--listen", &format!("127.0.0.1:{}", local.port), "--from"])
        .arg(folder(project, local.flavour).join("spin.toml"))
        .arg("--state-dir")
        .arg(local.data.join("state"))
        .args(["--runtime-config-file", "spin-runtime.toml", "--quiet"]);
    for (name, value) in local.settings {
        command.env(format!("SPIN_VARIABLE_{name}"), value);
    }
    for migration in new_migrations(project, local.data)? {
        command.arg("--sqlite").arg(format!("@{}", migration.display()));
    }
    Ok(command)
}

/// The migrations that this state has not seen; they are noted as seen.
fn new_migrations(project: &Project, data: &Path) -> Result<Vec<PathBuf>> {
    let mut files = project.migration_files();
    let stamp = data.join("migrations");
    let seen = project::read(&stamp).unwrap_or_default();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let all: Vec<String> = files.iter().map(|path| name(path)).collect();
    files.retain(|path| !seen.lines().any(|line| line == name(path)));
    project::write(&stamp, &all.join("\n"))?;
    Ok(files)
}

/// The project's test host, built, without arguments.
pub fn test_host(project: &Project) -> Result<Command> {
    let mut build = project.cargo();
    build.args(["build", "-p", "spin-host"]);
    process::run("building the test host", &mut build, &project.log("spin-host"))?;
    let mut command = Command::new(project.target()?.join("debug/spin-host"));
    command.current_dir(&project.root);
    Ok(command)
}

/// Builds the component that does nothing, for the benchmark.
pub fn build_bare(project: &Project, into: &Path) -> Result<()> {
    let mut command = project.cargo();
    command.args([
        "rustc",
        "--release",
        "--target",
        TARGET,
        "--crate-type",
        "cdylib",
        "-p",
        "bare",
    ]);
    Flavour::Release.standard_library(&mut command);
    command.env("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", SMALL);
    process::run("building the bare component", &mut command, &project.log("component-bare"))?;
    let built = project.target()?.join(TARGET).join("release/bare.wasm");
    let fail = |e: std::io::Error| format!("{}: {e}", built.display());
    fs::create_dir_all(into.parent().unwrap_or(into)).map_err(fail)?;
    fs::copy(&built, into).map_err(fail)?;
    optimise::all(project, &[into.to_owned()])
}

fn on_test_host(project: &Project, local: &Local) -> Result<Command> {
    let mut command = test_host(project)?;
    command
        .args(["--listen", &format!("127.0.0.1:{}", local.port), "--data"])
        .arg(local.data.join("state"))
        .args(["--migrations", "migrations", "--sweep", "60", "--cache"])
        .arg(project::cache().join("components"))
        .arg("--variables-file")
        .arg(write_variables(local)?)
        .arg(folder(project, local.flavour).join("spin.toml"));
    Ok(command)
}

/// The settings as a TOML file that only this user may read: a command line is everybody's.
fn write_variables(local: &Local) -> Result<PathBuf> {
    let mut text = String::new();
    for (name, value) in local.settings {
        // A JSON text is a TOML text, save for characters that no setting has.
        let value = serde_json::Value::from(value.as_str());
        text.push_str(&format!("{} = {value}\n", name.to_ascii_lowercase()));
    }
    let path = local.data.join("app.toml");
    settings::write_private(&path, &text)?;
    Ok(path)
}
