//! Where things are: the project's root, its functions, caches outside it, what a build is made from.

use crate::{Result, process};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The project's root directory.
#[derive(Clone)]
pub struct Project {
    /// Where the workspace's `Cargo.toml` is.
    pub root: PathBuf,
}

impl Project {
    /// The project that this program was started from.
    pub fn find() -> Result<Self> {
        let manifest = env::var("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Path::new(&manifest).parent().map(Path::to_owned).unwrap_or_default();
        if root.join("Cargo.toml").is_file() {
            return Ok(Self { root });
        }
        Err("The project's folder is gone. Run `cargo xtask` inside it.".to_owned())
    }

    /// A file or folder of the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Where what is deployed lies after a build.
    pub fn build(&self) -> PathBuf {
        self.path("build")
    }

    /// Where logs of builds and tests go.
    pub fn log(&self, name: &str) -> PathBuf {
        self.path(".pipit").join("logs").join(format!("{name}.log"))
    }

    /// A cargo command at the root, free of what `cargo run` told this program.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        command.current_dir(&self.root);
        command
    }

    /// Node, as `package.json` pins it.
    pub fn node(&self) -> Command {
        let mut command = Command::new(self.path("node_modules/.bin/node"));
        command.current_dir(&self.root).env("CI", "true").env("WRANGLER_SEND_METRICS", "false");
        command
    }

    /// Wrangler under that Node.
    pub fn wrangler(&self) -> Command {
        let mut command = self.node();
        command.arg("node_modules/wrangler/bin/wrangler.js");
        command
    }

    /// The names of the functions: the folders of `functions/`, in order.
    pub fn functions(&self) -> Result<Vec<String>> {
        let folder = self.path("functions");
        let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut names: Vec<String> = entries
            .filter_map(std::result::Result::ok)
            .filter(|entry| entry.path().join("Cargo.toml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        Ok(names)
    }

    /// Cargo's output directory, wherever configuration or environment put it.
    pub fn target(&self) -> Result<PathBuf> {
        let mut command = self.cargo();
        command.args(["metadata", "--format-version", "1", "--no-deps"]);
        let text = process::answer(&mut command)
            .ok_or("`cargo metadata` failed: run it to see why.".to_owned())?;
        let metadata: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
        let target = metadata["target_directory"].as_str();
        target.map(PathBuf::from).ok_or("cargo metadata names no target directory.".to_owned())
    }

    /// A name for what the sources are now: the same sources, the same name.
    pub fn sources(&self) -> Result<String> {
        let mut files = Vec::new();
        for name in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"] {
            files.push(self.path(name));
        }
        for folder in ["crates", "functions", "static", "docs", "migrations", "tests/contract"] {
            list(&self.path(folder), &mut files);
        }
        digest(&self.root, files)
    }

    /// The migrations, in the order in which they are applied.
    pub fn migration_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        list(&self.path("migrations"), &mut files);
        files.retain(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".sql") && name.starts_with(|c: char| c.is_ascii_digit())
        });
        files.sort();
        files
    }

    /// A name for what the migrations are now.
    pub fn migrations(&self) -> Result<String> {
        digest(&self.root, self.migration_files())
    }
}

/// Where tools that outlive a clone are kept.
pub fn cache() -> PathBuf {
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache");
    let base = env::var_os("XDG_CACHE_HOME").filter(|v| !v.is_empty()).map(PathBuf::from);
    base.unwrap_or_else(home).join("pipit")
}

/// Reads a text file; None when there is none.
pub fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

/// The first twelve hex digits of the hash of some bytes.
pub fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))[..12].to_owned()
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn list(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(std::result::Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            list(&path, into);
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            into.push(path);
        }
    }
}

fn digest(root: &Path, mut files: Vec<PathBuf>) -> Result<String> {
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        hash.update(name.as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hex(&hash.finalize())[..12].to_owned())
}
