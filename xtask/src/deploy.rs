//! `deploy`: checks, migrates and deploys; with `--dry-run` it only says how.

use crate::{
    Result,
    args::Args,
    process,
    project::{self, Project},
    spin,
    stack::{self, Flavour, Runtime},
    tools,
};
use std::process::Command;

/// What `deploy --help` prints.
pub const HELP: &str = "
cargo xtask deploy --runtime cloudflare|spin [--dry-run]

Builds the release, checks that the secrets are set (by name; a missing one only switches off what
needs it, a missing APP_KEY stops the deployment), applies the migrations and deploys, through
wrangler or through spin. Sign in first: `wrangler login` or `spin cloud login`.

  --dry-run   builds and checks on this machine, and shows every step without taking it";

/// What must be set before anyone can sign in.
const REQUIRED: &[&str] = &["APP_KEY"];
/// What switches something off when it is not set.
const OPTIONAL: &[(&str, &str)] = &[
    ("MAIL_TOKEN", "no mail can be sent, so nobody can sign in"),
    ("STRIPE_SECRET_KEY", "there is no billing, and everything is free"),
    ("STRIPE_WEBHOOK_SECRET", "what Stripe reports is refused"),
    ("HOSTNAMES_API_TOKEN", "no certificates are made for people's own domains"),
];

const LOCAL_ORIGINS: &str = "[vars] in wrangler.toml still says localhost: set APP_ORIGIN, \
    BLOG_DOMAIN and MEDIA_ORIGIN to the deployment's before deploying.";

/// Runs `deploy`.
pub fn command(mut args: Args) -> Result<()> {
    let runtime = Runtime::take(&mut args)?;
    let dry = args.flag("--dry-run");
    args.finish()?;
    let runtime = runtime.ok_or("Say where to: --runtime cloudflare or --runtime spin.")?;
    let project = Project::find()?;
    println!("1. build the release");
    stack::build(&project, runtime, Flavour::Release)?;
    match runtime {
        Runtime::Cloudflare => to_cloudflare(&project, dry),
        Runtime::Spin => to_spin(&project, dry),
    }
}

fn to_cloudflare(project: &Project, dry: bool) -> Result<()> {
    tools::packages(project)?;
    println!("2. check the variables in wrangler.toml and the secrets: wrangler secret list");
    let local = says_localhost(project);
    if dry {
        list_secrets();
        if local {
            println!("   {LOCAL_ORIGINS}");
        }
    } else if local {
        return Err(LOCAL_ORIGINS.to_owned());
    } else {
        check_secrets(project)?;
    }
    println!("3. make the database if there is none: wrangler d1 create pipit");
    let mut info = project.wrangler();
    info.args(["d1", "info", "pipit", "--json"]);
    if !dry && process::answer(&mut info).is_none() {
        process::at_terminal(project.wrangler().args(["d1", "create", "pipit"]))?;
    }
    println!("4. apply the migrations: wrangler d1 migrations apply DB --remote");
    if !dry {
        process::at_terminal(project.wrangler().args([
            "d1",
            "migrations",
            "apply",
            "DB",
            "--remote",
        ]))?;
    }
    println!("5. deploy: wrangler deploy");
    let mut deploy = project.wrangler();
    deploy.arg("deploy");
    if dry {
        // Wrangler's own dry run: bundles, and shows the bindings and the size.
        deploy.arg("--dry-run");
    }
    process::at_terminal(&mut deploy)?;
    println!("{}", if dry { "Nothing was deployed." } else { "Deployed." });
    Ok(())
}

fn says_localhost(project: &Project) -> bool {
    let manifest = project::read(&project.path("wrangler.toml")).unwrap_or_default();
    let mut origins = manifest.lines().filter(|line| line.starts_with("APP_ORIGIN"));
    origins.any(|line| line.contains("localhost"))
}

fn list_secrets() {
    for name in REQUIRED {
        println!("   {name}: required");
    }
    for (name, without) in OPTIONAL {
        println!("   {name}: without it {without}");
    }
}

fn check_secrets(project: &Project) -> Result<()> {
    let list = process::answer(project.wrangler().args(["secret", "list", "--format", "json"]))
        .ok_or("wrangler cannot list the secrets. Sign in: node_modules/.bin/wrangler login")?;
    let is_set = |name: &str| list.contains(&format!("\"{name}\""));
    for (name, without) in OPTIONAL.iter().filter(|(name, _)| !is_set(name)) {
        println!("   {name} is not set: {without}");
    }
    match REQUIRED.iter().find(|name| !is_set(name)) {
        Some(name) => Err(format!(
            "The secret {name} is not set. Set it to 32 random bytes in base64:\n  \
             openssl rand -base64 32 | node_modules/.bin/wrangler secret put {name}"
        )),
        None => Ok(()),
    }
}

fn to_spin(project: &Project, dry: bool) -> Result<()> {
    println!("2. check the variables: spin cloud variables list");
    list_secrets();
    println!("3. apply the migrations, each file once and in order:");
    for migration in migrations(project) {
        println!("   spin cloud sqlite execute --database pipit @migrations/{migration}");
    }
    println!("4. deploy: spin deploy --from build/spin/spin.toml");
    if dry {
        println!("Nothing was deployed.");
        return Ok(());
    }
    if !spin::usable_spin()? {
        return Err("spin 4.1 or newer is not on the PATH: https://spinframework.dev".to_owned());
    }
    for migration in migrations(project) {
        let file = format!("@migrations/{migration}");
        let mut execute = Command::new("spin");
        execute.current_dir(&project.root);
        execute.args(["cloud", "sqlite", "execute", "--database", "pipit", &file]);
        process::at_terminal(&mut execute)?;
    }
    let mut deploy = Command::new("spin");
    deploy.current_dir(&project.root).args(["deploy", "--from", "build/spin/spin.toml"]);
    process::at_terminal(&mut deploy)?;
    println!("Deployed.");
    Ok(())
}

fn migrations(project: &Project) -> Vec<String> {
    let names = project.migration_files().into_iter();
    names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
}
