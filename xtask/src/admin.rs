//! `admin`: an operator's jobs.

use crate::{
    Result,
    args::Args,
    base64, clock, dev, process,
    project::{self, Project, hex},
    reconcile, settings,
    stack::Runtime,
    tools,
};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What `admin --help` prints.
pub const HELP: &str = "
cargo xtask admin login-link USER [options]
cargo xtask admin reconcile [--full] [options]

login-link makes a sign-in link for the account USER, for when mail is broken. It is good once, for ten minutes,
in any browser, together with the code that is printed with it. It goes straight into the database,
so whoever runs this must be able to write there.

reconcile has a Pipit that runs compare its customers with Stripe: those who pay, and those whose
subscriptions changed within four days or since the last time. Whoever differs is put right. It prints
how far it is and then each difference: who it is, what we had, what Stripe has.

  --full                      compare every customer and every subscription that Stripe has: after an
                              outage of days
  --runtime cloudflare|spin   whose local state (default cloudflare)
  --data DIR                  where that state lives (default .pipit)
  --remote                    the deployed database, through wrangler; for login-link APP_KEY and
                              APP_ORIGIN of the deployment must stand in the environment
  --sql                       print the statement instead of running it, for any other database;
                              login-link needs APP_KEY and APP_ORIGIN in the environment here too";

const TTL_SECONDS: i64 = 600;
/// Crockford's base 32, as the codes of mails have it.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Runs a statement on an SQLite file and prints the rows as JSON.
const RUN_ON_FILE: &str = "
const { DatabaseSync } = require('node:sqlite');
const [file, statement] = process.argv.slice(1);
console.log(JSON.stringify([{ results: new DatabaseSync(file).prepare(statement).all() }]));";

/// Runs `admin`.
pub fn command(mut args: Args) -> Result<()> {
    match args.word().as_deref() {
        Some("login-link") => login_link(args),
        Some("reconcile") => reconcile::command(args),
        Some(other) => Err(format!("There is no job `{other}`.\n{HELP}")),
        None => Err(HELP.trim().to_owned()),
    }
}

/// Where a statement is run.
pub enum Database {
    /// A local state.
    Local(Runtime, PathBuf),
    /// The deployed one.
    Remote,
    /// Somebody else runs the statement.
    Printed,
}

impl Database {
    /// Takes the options that say which.
    pub fn take(args: &mut Args, project: &Project) -> Result<Self> {
        let runtime = Runtime::take(args)?.unwrap_or(Runtime::Cloudflare);
        let data = args.value("--data")?;
        let (remote, printed) = (args.flag("--remote"), args.flag("--sql"));
        Ok(match (remote, printed) {
            (_, true) => Self::Printed,
            (true, false) => Self::Remote,
            _ => Self::Local(runtime, dev::folder(project, data.as_deref(), runtime)?),
        })
    }

    /// How far the clock of a local state runs ahead.
    pub fn ahead_seconds(&self) -> i64 {
        let Self::Local(_, data) = self else { return 0 };
        let settings = local_settings(data).unwrap_or_default();
        let ahead = settings.get("CLOCK_AHEAD_SECONDS").and_then(|text| text.parse().ok());
        ahead.unwrap_or(0)
    }
}

fn login_link(mut args: Args) -> Result<()> {
    let project = Project::find()?;
    let database = Database::take(&mut args, &project)?;
    let username = args.word().ok_or("Say whose: cargo xtask admin login-link USER")?;
    args.finish()?;
    if !username.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err(format!("`{username}` is no user name."));
    }
    let (key, origin, now) = surroundings(&database)?;
    let link = Link::new(&key, &settings::random()?);
    let statement = link.statement(&username, now)?;
    let is_there = match &database {
        Database::Printed => {
            println!("{statement};\n");
            true
        }
        _ => !rows(&project, &database, &statement)?.is_empty(),
    };
    if !is_there {
        return Err(format!("There is no account `{username}`."));
    }
    println!("Good once, until {}, in any browser:", clock::rfc3339(now + TTL_SECONDS));
    println!("  {}/signin/link#{}", origin.trim_end_matches('/'), link.token);
    println!("with the code {}.", link.code);
    Ok(())
}

/// The key and the origin of a deployment, and the time there.
fn surroundings(database: &Database) -> Result<(Vec<u8>, String, i64)> {
    let settings = match database {
        Database::Local(_, data) => local_settings(data)?,
        Database::Remote | Database::Printed => std::env::vars().collect(),
    };
    let get = |name: &str| {
        let missing = format!("{name} is missing: set it in the environment to the deployment's.");
        settings.get(name).filter(|value| !value.is_empty()).cloned().ok_or(missing)
    };
    let key = base64::decode(&get("APP_KEY")?).filter(|key| key.len() == 32);
    let key = key.ok_or("APP_KEY is not 32 bytes in base64.")?;
    Ok((key, get("APP_ORIGIN")?, clock::now() + database.ahead_seconds()))
}

/// What `dev` told the app last.
fn local_settings(data: &Path) -> Result<settings::Settings> {
    let text = project::read(&data.join("app.env")).or(project::read(&data.join("app.toml")));
    let none = || format!("There is no state in {}. Run `cargo xtask dev` first.", data.display());
    let text = text.ok_or_else(none)?;
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs
        .map(|(name, value)| {
            (name.trim().to_uppercase(), value.trim().trim_matches(['\'', '"']).to_owned())
        })
        .collect())
}

/// A challenge as the app makes it for a mail (crates/domain/src/challenge.rs).
struct Link {
    id: String,
    token: String,
    code: String,
    code_hash: String,
    browser_hash: String,
}

impl Link {
    fn new(key: &[u8], random: &[u8; 32]) -> Self {
        let id = hex(&random[..16]);
        let derived = |label: &str| hmac(key, label.as_bytes());
        let token = base64::encode_url(&hmac(&derived("signin-link"), id.as_bytes()));
        let bits = hmac(&derived("signin-code"), id.as_bytes());
        let bits = bits.iter().take(5).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let digit = |place: u32| ALPHABET[(bits >> (35 - 5 * place)) as usize & 31] as char;
        let code: String = (0..8).map(digit).collect();
        let hashed = format!("{id}\n{code}");
        let code_hash = hex(&hmac(&derived("signin-code-hash"), hashed.as_bytes()));
        // No browser has asked, so none is spared the code.
        let browser_hash = sha256(&hex(&random[16..]));
        Self { id, token, code: format!("{}-{}", &code[..4], &code[4..]), code_hash, browser_hash }
    }

    /// Every value is of digits and letters, so none can end its quotation.
    fn statement(&self, username: &str, now: i64) -> Result<String> {
        let Self { id, code_hash, browser_hash, .. } = self;
        let (token_hash, expires_at) = (sha256(&self.token), now + TTL_SECONDS);
        Ok(format!(
            "insert into challenges (id, kind, email, browser_hash, token_hash, code_hash, next, \
             created_at, expires_at) select '{id}', 'signin', email, '{browser_hash}', \
             '{token_hash}', '{code_hash}', '/', {now}, {expires_at} from accounts \
             where username = '{username}' returning id"
        ))
    }
}

/// The rows that a statement returns.
pub fn rows(project: &Project, database: &Database, statement: &str) -> Result<Vec<Value>> {
    let mut command = match database {
        Database::Printed => return Err("A printed statement has no rows.".to_owned()),
        Database::Local(Runtime::Spin, data) => {
            let mut command = project.node();
            command.args(["--no-warnings", "-e", RUN_ON_FILE]);
            command.arg(data.join("state/sqlite_db.db"));
            command
        }
        Database::Local(Runtime::Cloudflare, data) => {
            let mut command = project.wrangler();
            command.args(["d1", "execute", "DB", "--local", "--persist-to"]);
            command.arg(data.join("state")).args(["--json", "--command"]);
            command
        }
        Database::Remote => {
            let mut command = project.wrangler();
            command.args(["d1", "execute", "DB", "--remote", "--json", "--command"]);
            command
        }
    };
    tools::packages(project)?;
    let failed = "The database did not take the statement. Is it there, and migrated?";
    let text = process::answer(command.arg(statement)).ok_or(failed)?;
    let rows: Value = serde_json::from_str(&text).map_err(|e| format!("{failed} ({e})"))?;
    Ok(rows[0]["results"].as_array().cloned().unwrap_or_default())
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // An HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Link, sha256};

    /// The app must believe what is made here, so both sides are held against each other.
    #[test]
    fn the_app_makes_the_same_of_the_same_id() {
        let key = [7; 32];
        let link = Link::new(&key, &[3; 32]);
        let secrets = domain::challenge::secrets(&key, &link.id);
        assert_eq!((&link.token, &link.code), (&secrets.token, &secrets.code));
        let code_hash = domain::challenge::code_hash(&key, &link.id, &link.code);
        assert_eq!(Some(link.code_hash), code_hash);
        assert_eq!(sha256(&link.token), domain::challenge::token_hash(&link.token));
    }
}
