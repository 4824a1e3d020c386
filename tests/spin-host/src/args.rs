//! The command line.

use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// What `--help` prints.
pub const HELP: &str = "
spin-host [options] [spin.toml]

Runs the components of a Spin manifest, for tests and for development where `spin` is not installed.

  --listen ADDR          where it listens (default 127.0.0.1:8787; port 0 takes a free one)
  --data DIR             where SQLite files are kept (default .spin)
  --cache DIR            where compiled components are kept (default target/spin-host)
  --components DIR       takes DIR/<component>.wasm instead of each component's `source`
  --migrations DIR       first applies the files of DIR that the database `default` has not seen
  --variable NAME=VALUE  sets a variable of the application; may be repeated
  --variables-file FILE  sets variables from a TOML file
  --sweep SECONDS        calls every /jobs/... route so often (default: never)";

/// The command line, understood.
pub struct Args {
    pub manifest: PathBuf,
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub cache: PathBuf,
    pub components: Option<PathBuf>,
    pub migrations: Option<PathBuf>,
    pub variables: BTreeMap<String, String>,
    pub sweep: Option<Duration>,
}

impl Args {
    /// Reads the arguments after the program's name; None when help was asked for.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut args = Self {
            manifest: "spin.toml".into(),
            listen: ([127, 0, 0, 1], 8787).into(),
            data: ".spin".into(),
            cache: "target/spin-host".into(),
            components: None,
            migrations: None,
            variables: BTreeMap::new(),
            sweep: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--help" | "-h" => return Ok(None),
                "--listen" => args.listen = value()?.parse().context("--listen")?,
                "--data" => args.data = value()?.into(),
                "--cache" => args.cache = value()?.into(),
                "--components" => args.components = Some(value()?.into()),
                "--migrations" => args.migrations = Some(value()?.into()),
                "--variable" => {
                    let pair = value()?;
                    let (name, value) = pair.split_once('=').context("--variable NAME=VALUE")?;
                    args.variables.insert(name.to_ascii_lowercase(), value.to_owned());
                }
                "--variables-file" => args.variables.extend(variables(Path::new(&value()?))?),
                "--sweep" => {
                    args.sweep = Some(Duration::from_secs(value()?.parse().context("--sweep")?));
                }
                other if other.starts_with('-') => bail!("unknown option {other}; see --help"),
                other => args.manifest = other.into(),
            }
        }
        args.sweep = args.sweep.filter(|every| !every.is_zero());
        Ok(Some(args))
    }
}

fn variables(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| format!("{}: names and texts only", path.display()))
}
