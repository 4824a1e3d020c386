//! The Spin components: built by cargo, run by spin where it is installed, else by the test host.

use crate::{
    Result, objects,
    process::{self, Running},
    progress::say,
    project::{self, Project},
    settings::{self, Settings},
    stack::{Flavour, sizes},
    tools::Tools,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32-wasip2";
/// The most bytes of one component.
const COMPONENT_MAX: u64 = 1_500_000;
/// The first release with the final WASI 0.3.
const SPIN_AT_LEAST: (u32, u32) = (4, 1);

/// Builds every component, unless nothing changed.
pub fn build(project: &Project, flavour: Flavour) -> Result<()> {
    Tools::for_spin(project)?;
    let sources = project.sources()?;
    let folder = project.build().join("spin");
    let stamp = format!("{sources} {}", flavour.features());
    let stamp_file = folder.join(".stamp");
    if project::read(&stamp_file).as_deref() == Some(stamp.as_str()) {
        return Ok(());
    }
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let target = project.target()?;
    for function in project.functions()? {
        let mut command = project.cargo();
        command.args(["rustc", "--release", "--target", TARGET, "--crate-type", "cdylib"]);
        command.args(["-p", &function]).env("PIPIT_BUILD", &sources);
        if flavour != Flavour::Release {
            command.args(["--features", "dev"]);
        }
        let what = format!("building the component {function}");
        process::run(&what, &mut command, &project.log(&format!("component-{function}")))?;
        let built = target.join(TARGET).join("release").join(format!("{function}.wasm"));
        let kept = folder.join(format!("{function}.wasm"));
        fs::copy(&built, &kept).map_err(|e| format!("{}: {e}", built.display()))?;
        check_size(&function, &kept, flavour)?;
    }
    project::write(&stamp_file, &stamp)
}

fn check_size(function: &str, path: &Path, flavour: Flavour) -> Result<()> {
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
        .args(["up", "--from", "spin.toml", "--listen", &format!("127.0.0.1:{}", local.port)])
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

fn on_test_host(project: &Project, local: &Local) -> Result<Command> {
    let mut build = project.cargo();
    build.args(["build", "-p", "spin-host"]);
    process::run("building the test host", &mut build, &project.log("spin-host"))?;
    let program = project.target()?.join("debug/spin-host");
    let mut command = Command::new(program);
    command
        .current_dir(&project.root)
        .args(["--listen", &format!("127.0.0.1:{}", local.port), "--data"])
        .arg(local.data.join("state"))
        .args(["--migrations", "migrations", "--sweep", "60", "--cache"])
        .arg(project::cache().join("components"))
        .arg("--variables-file")
        .arg(write_variables(local)?)
        .arg("spin.toml");
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
