//! The files: what each begins with, how long it may be, what stands in which.

use super::{hold, read, root, rust_files};
use std::fs;

const EVERYWHERE: [&str; 4] = ["crates", "functions", "tests", "xtask/src"];
const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 100;

#[test]
fn every_file_says_first_what_it_is() {
    let files = rust_files(&EVERYWHERE);
    let silent = files.iter().filter(|(_, text)| !text.starts_with("//! "));
    hold(
        silent
            .map(|(name, _)| format!("{name}: begin it with a line `//! …` that says what it is."))
            .collect(),
    );
}

#[test]
fn files_and_functions_are_short() {
    let mut problems = Vec::new();
    for (name, text) in rust_files(&EVERYWHERE) {
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > FILE_LINES_MAX {
            problems.push(format!("{name} has {} lines: make two of it.", lines.len()));
        }
        for (at, line) in lines.iter().enumerate() {
            let length = function_length(&lines[at..]);
            if length > FUNCTION_LINES_MAX {
                problems.push(format!("{name}:{} has {length} lines: {}", at + 1, line.trim()));
            }
        }
    }
    hold(problems);
}

/// Lines of the function that begins with the first one; 0 where none does. The formatter puts its
/// last brace under its first letter.
fn function_length(lines: &[&str]) -> usize {
    let first = lines[0];
    let words = first.trim_start();
    let is_function = [
        "fn ",
        "pub fn ",
        "pub(crate) fn ",
        "async fn ",
        "pub async fn ",
        "pub(crate) async fn ",
        "const fn ",
        "pub const fn ",
    ]
    .iter()
    .any(|begin| words.starts_with(begin));
    if !is_function || first.ends_with('}') || first.ends_with(';') {
        return 0;
    }
    let end = format!("{}}}", &first[..first.len() - words.len()]);
    lines.iter().position(|line| *line == end).map_or(0, |at| at + 1)
}

#[test]
fn statements_stand_in_the_store_alone() {
    let mut problems = Vec::new();
    for (name, text) in rust_files(&["crates", "functions"]) {
        let is_at_home = name.starts_with("crates/store/")
            || name.starts_with("crates/platform/")
            || name.starts_with("crates/host-native/");
        let has_sql =
            text.contains("sql(") || text.contains("platform::sql") || text.contains("Sql {");
        if has_sql && !is_at_home {
            problems.push(format!("{name}: move the statement into a module of crates/store."));
        }
    }
    hold(problems);
}

#[test]
fn vendors_are_named_in_their_hosts_alone() {
    let mut problems = Vec::new();
    for (name, text) in rust_files(&["crates", "functions"]) {
        if name.starts_with("crates/host-") {
            continue;
        }
        for word in ["worker::", "spin_sdk::", "wasm_bindgen::", "js_sys::", "web_sys::"] {
            if text.contains(word) {
                problems.push(format!("{name}: {word} belongs into a host."));
            }
        }
    }
    hold(problems);
}

/// Outgoing calls go through the gate alone. A host has one file that opens lines; what else uses it there
/// speaks to places that the settings name: the object store and the sibling components.
#[test]
fn nothing_calls_out_around_the_gate() {
    let words = [
        "fetch_with",
        ".fetch(",
        "Fetcher",
        "XmlHttpRequest",
        "WebSocket",
        "connect(",
        "client::send",
        "TcpStream",
        "UdpSocket",
        "ToSocketAddrs",
        "reqwest",
        "ureq",
        "hyper::",
        "wasi::sockets",
        "SpinHttp",
        "Rc::new(Fetch",
        "http::send",
        "dyn Http",
    ];
    let at_home = [
        ("crates/platform/src/context.rs", &["dyn Http"][..]),
        ("crates/platform/src/http.rs", &["dyn Http"]),
        ("crates/host-cloudflare/src/http.rs", &["fetch_with"]),
        ("crates/host-cloudflare/src/ports.rs", &["Rc::new(Fetch"]),
        // The object that counts.
        ("crates/host-cloudflare/src/limits.rs", &["fetch_with"]),
        ("crates/host-spin/src/http.rs", &["client::send", "SpinHttp"]),
        ("crates/host-spin/src/entry.rs", &["client::send", "SpinHttp"]),
        ("crates/host-spin/src/jobs.rs", &["http::send"]),
    ];
    let mut problems = Vec::new();
    for (name, text) in rust_files(&["crates", "functions"]) {
        let known =
            at_home.iter().find(|(file, _)| name == *file).map_or(&[][..], |(_, known)| known);
        for word in words.iter().filter(|word| text.contains(**word) && !known.contains(word)) {
            problems.push(format!("{name}: {word} goes around the gate; use cx.http."));
        }
    }
    hold(problems);
}

/// An instance serves many requests, several of them at once; what one left in a static, another finds.
#[test]
fn nothing_of_a_request_is_kept_between_requests() {
    let allowed = [
        // The bindings of an isolate never change.
        ("crates/host-cloudflare/src/ports.rs", "CONFIG"),
        // Nor do the variables of a component.
        ("crates/host-spin/src/settings.rs", "SETTINGS"),
        // Answers that depend on their address alone, for a second.
        ("crates/host-cloudflare/src/hot.rs", "HOT"),
        // The key-value store's values, for a second.
        ("crates/host-cloudflare/src/kv.rs", "RECENT"),
        // Our own templates, compiled.
        ("crates/themes/src/engine.rs", "BUILT_IN"),
        // The log of a test.
        ("crates/host-native/src/log.rs", "LINES"),
    ];
    let mut problems = Vec::new();
    for (name, text) in rust_files(&["crates", "functions"]) {
        for line in text.lines().map(str::trim_start) {
            let is_static = line.starts_with("static ") || line.starts_with("pub static ");
            let changes =
                ["static mut", "RefCell", "Cell<", "Mutex", "RwLock", "OnceLock", "Atomic"]
                    .iter()
                    .any(|word| line.contains(word));
            let is_known = allowed.iter().any(|(file, word)| name == *file && line.contains(word));
            if is_static && changes && !is_known {
                problems.push(format!("{name}: state that outlives a request: {line}"));
            }
        }
    }
    hold(problems);
}

/// No package of ours is published, and none names a place that only one machine has.
#[test]
fn no_file_names_one_machine() {
    let mut problems = Vec::new();
    for (name, text) in rust_files(&EVERYWHERE) {
        for word in ["/home/", "/work/", "/root/"] {
            if text.contains(word) && name != "tests/tests/tidy/sources.rs" {
                problems.push(format!("{name} names {word}…"));
            }
        }
    }
    hold(problems);
}

#[test]
fn migrations_have_numbers_without_a_gap() {
    let folder = fs::read_dir(root().join("migrations")).expect("migrations/");
    let mut names: Vec<String> = folder
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for (at, name) in names.iter().enumerate() {
        assert!(
            name.starts_with(&format!("{:04}_", at + 1)),
            "{name} should begin with {:04}_",
            at + 1
        );
        let text = read(&format!("migrations/{name}")).to_lowercase();
        assert!(!text.contains("pragma") && !text.contains("begin;"), "{name}: D1 takes neither");
    }
}
