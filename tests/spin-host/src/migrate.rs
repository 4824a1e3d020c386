//! Applying migrations to the database `default`.

use crate::sqlite;
use anyhow::{Context, Result};
use std::{fs, path::Path};

/// Applies the files of a folder, in the order of their names, that the database has not seen; how
/// many it has seen is its `user_version`. Returns how many were applied.
pub fn apply(folder: &Path, data: &Path) -> Result<usize> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".sql") && name.starts_with(|c: char| c.is_ascii_digit()) {
            files.push(path);
        }
    }
    files.sort();
    let database = sqlite::open(&data.join(sqlite::file_name("default")))?;
    // Stays with the file. Readers then wait for no writer.
    database.execute_batch("pragma journal_mode = wal")?;
    let seen: usize = database.query_row("pragma user_version", [], |row| row.get(0))?;
    for (number, path) in files.iter().enumerate().skip(seen) {
        let text = fs::read_to_string(path)?;
        let version = number + 1;
        database
            .execute_batch(&format!("begin;\n{text}\n;pragma user_version = {version};\ncommit;"))
            .with_context(|| path.display().to_string())?;
    }
    Ok(files.len().saturating_sub(seen))
}
