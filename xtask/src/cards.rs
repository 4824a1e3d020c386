//! Numbers that could be a card's, searched for in all that a run stored, logged, queued and mailed.

use crate::{
    Result, http, process,
    project::Project,
    secrets,
    stack::{Runtime, Stack},
    suites::Tally,
};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};

/// Fewer values than any run leaves.
const VALUES_MIN: usize = 1_000;
const FETCH_LIMIT: Duration = Duration::from_secs(20);
/// Prints every value of every table, a line each. Values of two rows must not run into one another, so
/// the bytes of the file would not do.
const VALUES: &str = "
const { DatabaseSync } = require('node:sqlite');
const text = (value) => value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
for (const file of process.argv.slice(1)) {
  const db = new DatabaseSync(file, { readOnly: true });
  const tables = db.prepare(\"select name from sqlite_master where type = 'table' and sql not like 'create virtual%'\").all();
  for (const { name } of tables) {
    const read = db.prepare(`select * from \"${name}\"`);
    read.setReadBigInts(true);
    for (const row of read.iterate())
      for (const value of Object.values(row)) if (value !== null) console.log(text(value).replaceAll('\\n', ' '));
  }
}";

/// One test: no number that passes the Luhn check stands anywhere.
pub fn run(project: &Project, stack: &Stack, data: &Path, runtime: Runtime, tally: &mut Tally) {
    let outcome = look(project, stack, data);
    tally.outcomes(&format!("{} card numbers", runtime.name()), &[outcome]);
}

fn look(project: &Project, stack: &Stack, data: &Path) -> Result<()> {
    let mut files = Vec::new();
    secrets::collect(data, &mut files)?;
    // The development server's own traces, in which nothing of the app writes.
    files.retain(|file| !file.starts_with(data.join("state/v3/observability")));
    // What a database has not written over yet is read with it; in the bytes of its journal values run into
    // one another.
    files.retain(|file| !is_journal(file));
    let (databases, plain): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| is_database(file));
    let mut command = project.node();
    command.args(["--no-warnings", "-e", VALUES]).args(&databases);
    let values = process::answer(&mut command).ok_or("The databases of the run cannot be read.")?;
    if values.lines().count() < VALUES_MIN {
        return Err(format!("There is next to nothing in {}: where is the state?", data.display()));
    }
    let mut found = cards(values.as_bytes());
    let mails = http::Client::new(FETCH_LIMIT).get(&format!("{}/messages.json", stack.mailbox))?;
    found.extend(cards(mails.text.as_bytes()));
    for file in plain {
        // A runtime that runs removes files of its own.
        found.extend(cards(&fs::read(file).unwrap_or_default()));
    }
    if found.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = found.into_iter().take(20).collect();
    Err(format!("Numbers that could be a card's were kept: {}", list.join(", ")))
}

fn is_journal(file: &Path) -> bool {
    let kind = file.extension().unwrap_or_default().to_string_lossy();
    kind.ends_with("-wal") || kind.ends_with("-shm") || kind.ends_with("-journal")
}

fn is_database(file: &Path) -> bool {
    file.extension().is_some_and(|kind| kind == "sqlite" || kind == "db")
}

/// Words of 13 to 19 digits, or of groups as they stand on cards, that pass the Luhn check. Cards begin
/// with 2 to 6; what has a letter beside it is part of an id.
fn cards(bytes: &[u8]) -> BTreeSet<String> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        // After a point stand the places of a fraction; after a hyphen goes on what a name begins.
        let goes_on = match bytes[..at] {
            [.., before, b'-' | b'.'] => is_word(&before),
            [.., before] => is_word(&before) || before == b'.',
            [] => false,
        };
        let starts = !goes_on;
        let length = if starts { length(rest) } else { None };
        if let Some(length) = length.filter(|length| !rest.get(*length).is_some_and(is_word)) {
            let word = String::from_utf8_lossy(&rest[..length]).into_owned();
            found.extend(Some(word).filter(|word| is_card(word)));
        }
        at += 1;
    }
    found
}

/// How long the number is that begins here: digits alone, or 4-4-4-4 or 4-6-5 with one sign between.
fn length(bytes: &[u8]) -> Option<usize> {
    if !matches!(bytes.first()?, b'2'..=b'6') {
        return None;
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let first = digits(0);
    if (13..=19).contains(&first) {
        return Some(first);
    }
    let sign = *bytes.get(4).filter(|sign| first == 4 && matches!(sign, b' ' | b'-'))?;
    let follow = |groups: &[usize]| {
        let mut at = 4;
        for group in groups {
            if bytes.get(at) != Some(&sign) || digits(at + 1) != *group {
                return None;
            }
            at += 1 + group;
        }
        Some(at)
    };
    follow(&[4, 4, 4]).or_else(|| follow(&[6, 5]))
}

fn is_card(word: &str) -> bool {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    // ISO/IEC 7812: with 2 begin only cards of sixteen digits, of one range.
    let range = digits.get(..4).and_then(|four| four.parse().ok()).unwrap_or(0);
    if digits.starts_with('2') && !(digits.len() == 16 && (2221..=2720).contains(&range)) {
        return false;
    }
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::cards;

    #[test]
    fn a_card_is_found_however_it_is_written() {
        for text in [
            "4242424242424242",
            "{\"n\":4242424242424242}",
            "It is 4242424242424242.",
            "x=5555 5555 5555 4444;",
            "5555-5555-5555-4444",
            "2223003122003222",
            "3782 822463 10005",
            "\0\u{1}6011111111111117\u{2}",
        ] {
            assert_eq!(cards(text.as_bytes()).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_card_is_left_alone() {
        for text in [
            "4242424242424241",
            "2179536865844578764",
            "/2026/11/22/intruder-4242424242424242",
            "0.4242424242424242",
            "1795338000123",
            "ab4242424242424242",
            "4242424242424242f",
            "4242 42424242 4242",
            "2026-11-22 16:38:49",
            "424242424242",
            "42424242424242424242",
        ] {
            assert!(cards(text.as_bytes()).is_empty(), "{text:?}");
        }
    }
}
