//! What the scenarios got to see that nobody else may, searched for in all that a run left on disk.

use crate::{Result, stack::Runtime, suites::Tally};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The file in a run's folder that the scenarios write, a line `kind<TAB>value` each.
pub const FILE: &str = "secrets.tsv";
/// Values that may be stored and stand in no log.
const PERSONAL: [&str; 2] = ["address", "name"];
/// Without these the scenarios have not written down what they saw.
const EXPECTED: [&str; 7] =
    ["cookie", "link token", "mail code", "app token", "app code", "recovery code", "address"];

struct Secret {
    kind: String,
    value: String,
}

/// Two tests: what is stored, and what is logged.
pub fn run(data: &Path, runtime: Runtime, tally: &mut Tally) {
    let outcomes = match read(&data.join(FILE)) {
        Ok(secrets) => vec![stored(data, &secrets), logged(data, &secrets)],
        Err(problem) => vec![Err(problem)],
    };
    tally.outcomes(&format!("{} secrets", runtime.name()), &outcomes);
}

fn read(path: &Path) -> Result<Vec<Secret>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    let of = |(kind, value): (&str, &str)| Secret { kind: kind.into(), value: value.into() };
    let secrets: Vec<Secret> = pairs.map(of).collect();
    for kind in EXPECTED {
        if !secrets.iter().any(|secret| secret.kind == kind) {
            return Err(format!("The scenarios wrote down no {kind} in {}.", path.display()));
        }
    }
    Ok(secrets)
}

/// The database with its journals and freed pages, the key-value stores and the objects.
fn stored(data: &Path, secrets: &[Secret]) -> Result<()> {
    let mut files = Vec::new();
    collect(data, &mut files)?;
    // Logs have a test of their own; the file of the secrets is the tests' and not the app's.
    files.retain(|file| !file.starts_with(data.join("logs")) && *file != data.join(FILE));
    // The development server's own traces hold whole addresses; a scenario puts a token into one to
    // see it refused. Nothing of the app writes there.
    files.retain(|file| !file.starts_with(data.join("state/v3/observability")));
    let (personal, secret): (Vec<_>, Vec<_>) =
        secrets.iter().partition(|secret| PERSONAL.contains(&&*secret.kind));
    // Who does not find the addresses, which are stored, looks in the wrong place.
    if find(&files, &personal)?.is_empty() {
        return Err(format!("No address is stored in {}: where is the state?", data.display()));
    }
    none("stored", &find(&files, &secret)?)
}

/// Everything that was logged, by the app and by the programs that run it. The mailbox is a stand-in
/// for another company, and its log is not ours. User names are not looked for: they are public and
/// stand in the paths that the development server prints; a person's name is, when it has a space.
fn logged(data: &Path, secrets: &[Secret]) -> Result<()> {
    let logs = data.join("logs");
    let mut files = Vec::new();
    collect(&logs, &mut files)?;
    files.retain(|file| *file != logs.join("mailbox.log"));
    if !files.contains(&logs.join("app.log")) {
        return Err(format!("There is no app.log in {}.", logs.display()));
    }
    none("logged", &find(&files, &secrets.iter().collect::<Vec<_>>())?)
}

/// Adds every file below a folder.
pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let fail = |e: std::io::Error| format!("{}: {e}", folder.display());
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn none(did: &str, found: &BTreeSet<String>) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let lines: Vec<&str> = found.iter().take(20).map(String::as_str).collect();
    Err(format!("{} secrets were {did}, among them:\n{}", found.len(), lines.join("\n")))
}

/// Which of them stand where.
fn find(files: &[PathBuf], secrets: &[&Secret]) -> Result<BTreeSet<String>> {
    let mut begins: BTreeMap<[u8; 4], Vec<&Secret>> = BTreeMap::new();
    // Files are long and secrets many: most places are passed over by a look at four bytes.
    let mut may_begin = vec![false; 1 << 16];
    for secret in secrets {
        if let Some(four) = secret.value.as_bytes().first_chunk() {
            begins.entry(*four).or_default().push(secret);
            may_begin[place(four)] = true;
        }
    }
    let mut found = BTreeSet::new();
    for file in files {
        let Some(bytes) = contents(file)? else { continue };
        for (at, four) in bytes.windows(4).enumerate() {
            let Ok(four) = <&[u8; 4]>::try_from(four) else { continue };
            if !may_begin[place(four)] {
                continue;
            }
            for secret in begins.get(four).into_iter().flatten() {
                if bytes[at..].starts_with(secret.value.as_bytes()) {
                    found.insert(format!("{} {} in {}", secret.kind, secret.value, file.display()));
                }
            }
        }
    }
    Ok(found)
}

/// None when it has gone: a runtime that runs removes files of its own.
fn contents(file: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("{}: {e}", file.display())),
    }
}

fn place(four: &[u8; 4]) -> usize {
    let number = u32::from_le_bytes(*four).wrapping_mul(0x9e37_79b1);
    (number >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::{Secret, find};
    use std::fs;

    #[test]
    fn a_secret_is_found_between_other_bytes_and_nothing_else_is() {
        let file = std::env::temp_dir().join(format!("pipit-secrets-{}", std::process::id()));
        fs::write(&file, b"\0\xffKX7P-2M4Qrest of KX7P-9999").expect("it can be written");
        let secret = |value: &str| Secret { kind: "mail code".into(), value: value.into() };
        let (there, absent) = (secret("KX7P-2M4Q"), secret("KX7P-2M4R"));
        let found = find(std::slice::from_ref(&file), &[&there, &absent]).expect("it can be read");
        fs::remove_file(&file).expect("it can be removed");
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|line| line.starts_with("mail code KX7P-2M4Q in ")));
    }
}
